import type { Migration } from '@veche/service-kit'

export const incarnation: Migration = {
  name: '202611221130_incarnation',
  sql: `
    -- How often the chat was begun anew: its MLS group id follows from it.
    ALTER TABLE chats ADD COLUMN incarnation integer NOT NULL DEFAULT 0;
  `,
}
