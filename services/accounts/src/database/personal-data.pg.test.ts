import { AccountId } from '@veche/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logIn, newPerson, type Person, register } from '../testing/person.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

/**
 * Every column there may be. Of a person: ids, keys that stand for ids, a handle with its skeleton, a display name,
 * settings, and days. The four moments are of codes, claims and buckets, which name nobody and are swept.
 */
const ALLOWED = `
  account.account_id account.account_key account.handle account.handle_skeleton account.display_name
  account.acceptance account.visibility account.administrator account.statement_hash
  account_backup.account_id account_backup.password_wrap account_backup.recovery_wrap
  account_backup.recovery_verifier_hash account_backup.backup_key
  block.blocker_id block.blocked_id
  handle_block.blocker_id handle_block.handle
  history_key.account_id history_key.number history_key.hash history_key.sealed history_key.total_bytes
  data_key.purpose data_key.owner data_key.key_id data_key.wrapped data_key.master_key data_key.current data_key.rotation
  device.account_id device.device_id device.certificate device.signature_key device.enrolled_day device.seen_day
  device.revoked device.revocation device.ended_day device.silent
  key_package.reference key_package.account_id key_package.device_id key_package.key_package key_package.expires_day
  key_rotation.only_row key_rotation.wanted
  key_package_claim.grant_id key_package_claim.response key_package_claim.expires_at
  last_resort_key_package.account_id last_resort_key_package.device_id last_resort_key_package.key_package
  last_resort_key_package.expires_day
  login_guess.subject login_guess.full_at
  master_key.key_id master_key.number
  migration.name migration.sha256 migration.applied_at
  opaque_record.account_id opaque_record.opaque_version opaque_record.record
  registration_code.code_hash registration_code.administrator registration_code.uses_left registration_code.expires_at
  registration_setting.only_row registration_setting.policy
  retired_master_key.key_id
  server_day.day
  server_secret.name server_secret.sealed
  spent_key_package.reference spent_key_package.expires_day
`

const PASSWORD = 'canary-password-7b0e'
let service: TestService
let alice: Person
beforeAll(async () => {
  service = await startTestService()
  alice = await newPerson('alice.canary', { displayName: 'Алиса Канарейка', password: PASSWORD })
  await register(service, alice)
  await logIn(service.as(), alice.handle, PASSWORD)
  await logIn(service.as(), 'unknown.canary', PASSWORD)
})
afterAll(() => service[Symbol.asyncDispose]())

test('M6: there is no column but those on the list', async () => {
  const { rows } = await service.database.query<{ name: string }>(
    `SELECT table_name || '.' || column_name AS name FROM information_schema.columns WHERE table_schema = 'accounts'`,
  )
  expect(rows.map(({ name }) => name).toSorted()).toEqual(ALLOWED.trim().split(/\s+/).toSorted())
})

test('M6: no column can hold an address, and no moment is kept beside a person', async () => {
  const { rows } = await service.database.query<{ table: string; type: string }>(
    `SELECT table_name AS table, data_type AS type FROM information_schema.columns WHERE table_schema = 'accounts'`,
  )
  expect(rows.filter(({ type }) => ['inet', 'cidr', 'macaddr', 'json', 'jsonb'].includes(type))).toEqual([])
  const timed = new Set(rows.filter(({ type }) => /time|date/.test(type)).map(({ table }) => table))
  expect([...timed].toSorted()).toEqual([
    'key_package_claim',
    'login_guess',
    'migration',
    'registration_code',
  ])
})

test('B11: neither the password nor any key of the server lies in the database as it is', async () => {
  const { opaquePublicKey, identityKey } = await service.as().accounts.getServer({})
  const dump = await everything()
  expect(dump).toContain(Buffer.from(AccountId.toBytes(alice.accountId)).toString('hex'))
  for (const secret of [PASSWORD, opaquePublicKey]) {
    expect(dump).not.toContain(secret)
    expect(dump).not.toContain(Buffer.from(secret).toString('hex'))
  }
  expect(dump).not.toContain(Buffer.from(identityKey).toString('hex'))
  expect(dump).not.toContain('unknown.canary')
  expect(dump).not.toContain(PKCS8_OF_ED25519)
})

test('B12: logs say nothing of who did what', async () => {
  await service.database.query('ALTER TABLE opaque_record RENAME TO hidden')
  await expect(logIn(service.as(), alice.handle, PASSWORD)).rejects.toThrow()
  await service.database.query('ALTER TABLE hidden RENAME TO opaque_record')
  const logged = service.logged.join('\n')
  expect(logged).toContain('StartLogin')
  for (const word of [alice.handle, alice.displayName, alice.accountId, alice.deviceId, PASSWORD]) {
    expect(logged).not.toContain(word)
  }
})

const PKCS8_OF_ED25519 = '302e020100300506032b657004220420'

/** Every row of every table as text, bytes in hexadecimal. */
async function everything(): Promise<string> {
  const { rows: tables } = await service.database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'accounts'`,
  )
  const parts: string[] = []
  for (const { name } of tables) {
    const { rows } = await service.database.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`)
    parts.push(...rows.map(({ text }) => text))
  }
  return parts.join('\n')
}
