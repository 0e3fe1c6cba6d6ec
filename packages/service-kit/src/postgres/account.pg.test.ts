import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../database/database.ts'
import { type AccountKind, chooseAccount } from './account.ts'
import { findBinaries } from './binaries.ts'
import { EmbeddedPostgres } from './embedded-postgres.ts'

const isRoot = process.getuid?.() === 0
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-account-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** An ordinary user has one way; root has two, and one of them leaves a system user behind: VECHE_LONG asks for it. */
const kinds: AccountKind[] = isRoot
  ? ['namespace', ...(process.env.VECHE_LONG ? ['system' as const] : [])]
  : ['self']

test.each(kinds)(
  'PostgreSQL runs as somebody it accepts (%s), with files of the right owner',
  async (account) => {
    await using postgres = await EmbeddedPostgres.start({ folder, account })
    await using database = openDatabase({ url: postgres.address.url, schema: 'public' })
    expect((await database.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    const { rows } = await database.query<{ data_directory: string }>('SHOW data_directory')
    const owner = (await stat(rows[0]?.data_directory ?? '')).uid
    if (account === 'system') {
      expect(owner).toBe(Number(execFileSync('id', ['-u', 'veche'], { encoding: 'utf8' })))
      execFileSync('rm', ['-rf', rows[0]?.data_directory ?? ''])
    } else {
      expect(owner).toBe(process.getuid?.())
    }
  },
)

test('an ordinary user runs the programs as they are', async () => {
  const binaries = await findBinaries()
  const account = await chooseAccount(binaries, folder, 'self')
  expect(account.command(binaries.initdb, ['--version'])).toEqual({
    program: binaries.initdb,
    args: ['--version'],
  })
})
