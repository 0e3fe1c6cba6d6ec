import { keyTables, type Migration } from '@veche/service-kit'

export const dataKey: Migration = keyTables('202611211440_data_key')

/** Chats had their data key in their row, and the key that signs grants had a table of its own. */
export const movedDataKey: Migration = {
  name: '202611211441_moved_data_key',
  sql: `
    INSERT INTO data_key (purpose, owner, key_id, wrapped, rotation)
    SELECT 'chat log', chat_id, '\\x0000000000000000', data_key, 0 FROM chats;
    INSERT INTO data_key (purpose, owner, key_id, wrapped)
    SELECT name, convert_to(name, 'UTF8'), '\\x0000000000000000', sealed FROM secrets;
    DROP TABLE secrets;
    ALTER TABLE chats DROP COLUMN data_key;
    -- The data key that new entries are sealed under.
    ALTER TABLE chats ADD COLUMN data_key_id bytea NOT NULL DEFAULT '\\x0000000000000000';
    ALTER TABLE chats ALTER COLUMN data_key_id DROP DEFAULT;
  `,
}
