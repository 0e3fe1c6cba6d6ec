import type { Migration } from '@veche/service-kit'

/** What an administrator set in place of the configuration: one row, or none. */
export const registrationSetting: Migration = {
  name: '202611200012_registration_setting',
  sql: `
    CREATE TABLE registration_setting (
      only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
      -- A value of RegistrationPolicy.
      policy smallint NOT NULL
    )`,
}
