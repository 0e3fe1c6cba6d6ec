import type { Migration } from '@veche/service-kit'

/** Devices, revoked ones too: their ids never come back. Days are days since 1970, and no finer time is kept. */
export const device: Migration = {
  name: '202611200005_device',
  sql: `
    CREATE TABLE device (
      account_id bytea NOT NULL REFERENCES account ON DELETE CASCADE,
      device_id bytea NOT NULL CHECK (octet_length(device_id) = 16),
      certificate bytea NOT NULL,
      signature_key bytea NOT NULL,
      enrolled_day integer NOT NULL,
      seen_day integer NOT NULL,
      revoked boolean NOT NULL DEFAULT false,
      PRIMARY KEY (account_id, device_id)
    )`,
}
