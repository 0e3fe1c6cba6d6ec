import { AccountId } from '@veche/protocol'
import { AcceptancePolicy, Visibility } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newPerson, type Person, register } from '../../testing/person.ts'
import { refusalOf } from '../../testing/refusal.ts'
import { type PublicClients, startTestService, type TestService } from '../../testing/test-service.ts'

let service: TestService
let alice: Person
let asAlice: PublicClients['accounts']

beforeAll(async () => {
  service = await startTestService()
  alice = await newPerson('alice')
  asAlice = service.as(await register(service, alice)).accounts
})
afterAll(() => service[Symbol.asyncDispose]())
beforeEach(() => service.directory.told.splice(0))

const { OPEN, CLOSED } = Visibility
const open = async () => {
  const accountIds = [AccountId.toBytes(alice.accountId)]
  return (await service.internal.getOpenAccounts({ accountIds })).accounts.map(({ handle }) => handle)
}

test('M12 the directory is told after a visibility is stored, and finds what holds then', async () => {
  const seen: string[][] = []
  service.directory.onTold = async () => void seen.push(await open())
  for (const visibility of [OPEN, CLOSED]) await asAlice.updateSettings({ visibility })
  service.directory.onTold = async () => {}
  expect(seen).toEqual([['alice'], []])
  expect(service.directory.told).toEqual([alice.accountId, alice.accountId])
})

test('it is not told of anything else', async () => {
  await asAlice.updateSettings({ acceptance: AcceptancePolicy.ALLOWED })
  await asAlice.updateSettings({})
  expect(service.directory.told).toEqual([])
})

test('M12 a directory that is not there stops nobody from closing, and is only logged', async () => {
  await asAlice.updateSettings({ visibility: OPEN })
  service.directory.isReachable = false
  expect(await asAlice.updateSettings({ visibility: CLOSED })).toMatchObject({ visibility: CLOSED })
  service.directory.isReachable = true
  expect(await open()).toEqual([])
  expect(service.logged.join('\n')).toContain('directory_not_told')
  expect(service.logged.join('\n')).not.toContain(alice.accountId)
})

test('open accounts are listed page by page in the order of ids, and found by id but for those that block', async () => {
  const people: Person[] = []
  for (const handle of ['boris', 'clara', 'denis', 'elena']) {
    const person = await newPerson(handle)
    const { accounts } = service.as(await register(service, person))
    if (handle !== 'denis') await accounts.updateSettings({ visibility: OPEN })
    if (handle === 'elena') await accounts.blockAccount({ accountId: AccountId.toBytes(alice.accountId) })
    people.push(person)
  }
  const listed: string[] = []
  let after = new Uint8Array()
  for (let more = true; more; ) {
    const page = await service.internal.listOpenAccounts({ after, limit: 2 })
    listed.push(...page.accounts.map(({ handle }) => handle))
    after = Uint8Array.from(page.accounts.at(-1)!.accountId)
    more = page.more
  }
  const sorted = people
    .filter(({ handle }) => handle !== 'denis')
    .map(
      ({ handle, accountId }) => [Buffer.from(AccountId.toBytes(accountId)).toString('hex'), handle] as const,
    )
    .sort(([one], [other]) => (one < other ? -1 : 1))
  expect(listed).toEqual(sorted.map(([, handle]) => handle))

  const accountIds = people.map(({ accountId }) => AccountId.toBytes(accountId))
  const found = async (requesterId?: Uint8Array) => {
    const { accounts } = await service.internal.getOpenAccounts({
      accountIds,
      ...(requesterId && { requesterId }),
    })
    return accounts.map(({ handle }) => handle).sort()
  }
  expect(await found()).toEqual(['boris', 'clara', 'elena'])
  expect(await found(AccountId.toBytes(alice.accountId))).toEqual(['boris', 'clara'])
  const tooMany = service.internal.getOpenAccounts({ accountIds: Array(501).fill(accountIds[0]) })
  expect(await refusalOf(tooMany)).toMatchObject({ reason: 'too_many_ids' })
})
