import type { Migration } from '@veche/service-kit'

/** From where on an account may read what was kept of a chat: longer ago than its devices' own beginnings. */
export const chatAccount: Migration = {
  name: '202611220125_chat_account',
  sql: `
    CREATE TABLE chat_accounts (
      chat_id bytea NOT NULL REFERENCES chats,
      account_id bytea NOT NULL,
      -- It reads what stands after this position: of the commit that brought it in, 0 where it is all of the log.
      since bigint NOT NULL,
      PRIMARY KEY (chat_id, account_id)
    );
    -- Who has left a group and come again may have rows of both times: those of now count.
    INSERT INTO chat_accounts
    SELECT chat_id, account_id,
      CASE type WHEN 1 THEN min(since) ELSE coalesce(min(since) FILTER (WHERE until IS NULL), min(since)) END
    FROM chat_devices JOIN devices USING (device) JOIN chats USING (chat_id) LEFT JOIN groups USING (chat_id)
    WHERE type = 1 OR account_id = ANY (groups.accounts)
    GROUP BY chat_id, type, account_id`,
}
