import { type TestDatabase, testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrations } from './migrations.ts'

let postgres: TestDatabase

beforeAll(async () => {
  postgres = await testDatabase()
})
afterAll(() => postgres[Symbol.asyncDispose]())

/** Whoever adds a column says here what it tells of people. */
const COLUMNS = {
  // Ids of accounts and devices, how many things a device was told, whether it has come, and whether it has ended: not when.
  devices: ['account_id', 'announced', 'device', 'device_id', 'ending', 'inbox_head'],
  // What a device is still to be told: which request or chat, or which commit's sealed Welcome.
  inbox: ['at_ms', 'device', 'kind', 'log_position', 'position', 'subject'],
  welcomes: ['chat_id', 'log_position', 'welcome'],
  // Who asked whom, when, and what came of it.
  pairs: [
    'asked',
    'asked_handle',
    'asker',
    'asker_handle',
    'asker_holds',
    'chat_id',
    'notice',
    'request_id',
    'requested_at_ms',
    'shown',
    'since_ms',
    'state',
  ],
  // Who is in which chat, who accepts no messages there, and who does not wish it kept; how often it was begun anew.
  chats: [
    'accounts',
    'blocked_by',
    'chat_id',
    'data_key_id',
    'epoch',
    'head',
    'incarnation',
    'kept',
    'kept_revision',
    'log_hash',
    'sweep_until',
    'swept',
    'type',
    'unkept_by',
  ],
  // Of groups: roles, rights and bans of accounts; no name.
  groups: ['accounts', 'chat_id', 'state'],
  // Links into groups: until when each is good, and for how many; and what is sealed for who has one. Not who made or used it.
  invites: ['chat_id', 'expires_at_ms', 'invite_id', 'max_uses', 'uses'],
  invite_history: ['chat_id', 'invite_id', 'page', 'position'],
  join_offers: ['chat_id', 'offer', 'position'],
  // What open groups show to everybody, and the link by which everybody joins; not who opened them.
  open_groups: ['chat_id', 'description', 'invite_id', 'name', 'seed'],
  // Who asked whom into which group, when, and what came of it; and who wishes to leave.
  member_requests: [
    'asked',
    'asked_handle',
    'asker',
    'chat_id',
    'notice',
    'request_id',
    'requested_at_ms',
    'shown',
    'since_ms',
    'state',
  ],
  // Who asks to be let into which group by which link and by which device, when, and what came of it.
  join_requests: [
    'asker',
    'chat_id',
    'invite_id',
    'notice',
    'request',
    'request_id',
    'requested_at_ms',
    'since_ms',
    'state',
  ],
  leave_requests: ['account_id', 'chat_id', 'device', 'epoch', 'request'],
  // Which device wishes to come into a chat anew, with the key package for it.
  replacements: ['chat_id', 'device', 'epoch', 'key_package', 'request'],
  // That an account has marked something in a chat, and sealed bytes: not what, nor when.
  own_marks: ['account_id', 'chat_id', 'revision', 'sealed'],
  read_marks: ['account_id', 'chat_id', 'device', 'number', 'sealed'],
  // From where on an account reads the archive of a chat.
  chat_accounts: ['account_id', 'chat_id', 'since'],
  chat_devices: ['acknowledged', 'chat_id', 'device', 'leaf', 'signature_key', 'since', 'until'],
  // Who sent when, and sealed bytes.
  entries: [
    'chat_id',
    'device',
    'entry_hash',
    'epoch',
    'kind',
    'log_hash',
    'message_id',
    'payload',
    'position',
    'received_at_ms',
  ],
  // Wrapped keys, whose they are, and ids of the keys they are under.
  data_key: ['current', 'key_id', 'master_key', 'owner', 'purpose', 'rotation', 'wrapped'],
  key_rotation: ['only_row', 'wanted'],
  master_key: ['key_id', 'number'],
  retired_master_key: ['key_id'],
  migration: ['applied_at', 'name', 'sha256'],
}

test('M6 the schema has no column for anything of a person but ids, handles, and who was in touch when', async () => {
  const database = await postgres.open('chats', migrations)
  const { rows } = await database.query<{ table_name: string; column_name: string }>(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'chats' ORDER BY column_name`,
  )
  const columns = Map.groupBy(rows, ({ table_name }) => table_name)
  const found = [...columns].map(([table, own]) => [table, own.map(({ column_name }) => column_name)])
  expect(Object.fromEntries(found)).toEqual(COLUMNS)
})
