import type { Migration } from '@veche/service-kit'

/**
 * Each panel says how many messages it is the first page of: those that are new are counted by the bell already, and
 * counting the others up to a thousand took half as long as all else of the panel.
 */
export const readCount: Migration = {
  name: '202611212120_read_count',
  sql: `
    -- How many messages that the user received have been read and not hidden.
    ALTER TABLE app_user ADD COLUMN read_incoming integer NOT NULL DEFAULT 0;
    UPDATE app_user u SET read_incoming = d.number
    FROM (SELECT host_id, user_id, count(*) AS number FROM delivery WHERE incoming AND status = 1 GROUP BY 1, 2) d
    WHERE u.host_id = d.host_id AND u.id = d.user_id;`,
}
