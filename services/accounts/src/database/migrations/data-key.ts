import { keyTables, type Migration } from '@veche/service-kit'

export const dataKey: Migration = keyTables('202611211440_data_key')

/** The key of the secrets lay among them, as a secret of its own. */
export const movedDataKey: Migration = {
  name: '202611211441_moved_data_key',
  sql: `
    INSERT INTO data_key (purpose, owner, key_id, wrapped, rotation)
    SELECT 'accounts secrets', convert_to(name, 'UTF8'), '\\x0000000000000000', sealed, 0
    FROM server_secret WHERE name = 'data-key';
    DELETE FROM server_secret WHERE name = 'data-key';
  `,
}
