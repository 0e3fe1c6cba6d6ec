import type { Migration } from '@veche/service-kit'

export const welcome: Migration = {
  name: '202611220050_welcome',
  sql: `
    -- A commit's Welcome, once for all devices that it adds; it stays until the last of them has acknowledged it.
    CREATE TABLE welcomes (
      chat_id bytea NOT NULL,
      -- The commit's position.
      log_position bigint NOT NULL,
      -- Sealed under the chat's data key.
      welcome bytea STORAGE EXTERNAL NOT NULL,
      PRIMARY KEY (chat_id, log_position)
    );
    INSERT INTO welcomes
    SELECT DISTINCT ON (subject, log_position) subject, log_position, welcome FROM inbox WHERE welcome IS NOT NULL;

    ALTER TABLE inbox
      DROP COLUMN welcome,
      ADD CONSTRAINT inbox_welcome FOREIGN KEY (subject, log_position) REFERENCES welcomes;
    CREATE INDEX inbox_welcome ON inbox (subject, log_position) WHERE log_position IS NOT NULL;
  `,
}
