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
  // What anyone may see of somebody who wishes to be found, and what is left of the names to look them up by.
  person: ['account_id', 'display_name', 'handle', 'keys', 'keys_version'],
  // What anyone may see of a group that is open to all.
  open_group: ['chat_id', 'description', 'keys', 'keys_version', 'name', 'name_keys'],
  migration: ['applied_at', 'name', 'sha256'],
}

test('M6 the schema has no column for anything of a person but id, handle and display name', async () => {
  const database = await postgres.open('directory', migrations)
  const { rows } = await database.query<{ table_name: string; column_name: string }>(
    `SELECT table_name, column_name FROM information_schema.columns
     WHERE table_schema = 'directory' ORDER BY column_name`,
  )
  const columns = Map.groupBy(rows, ({ table_name }) => table_name)
  const found = [...columns].map(([table, own]) => [table, own.map(({ column_name }) => column_name)])
  expect(Object.fromEntries(found)).toEqual(COLUMNS)
})
