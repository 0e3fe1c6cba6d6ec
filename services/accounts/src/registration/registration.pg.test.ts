import { AccountId, labelled } from '@veche/protocol'
import {
  RegistrationPolicy,
  type RegistrationStatement,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code } from '@veche/service-kit'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sign } from '../keys/ed25519.ts'
import { heldBack } from '../testing/held-back.ts'
import { newDevice, newPerson, type Person, prepareRegistration, register, wrap } from '../testing/person.ts'
import { refusalOf, refusalsOf } from '../testing/refusal.ts'
import { seed } from '../testing/seed.ts'
import { startTestService, type TestService } from '../testing/test-service.ts'

async function countAccounts({ database }: TestService): Promise<number> {
  return (await database.query('SELECT 1 FROM account')).rowCount
}

/** Every row that a registration makes. */
async function countRows({ database }: TestService, { accountId }: Person): Promise<number> {
  const id = AccountId.toBytes(accountId)
  const tables = ['account', 'opaque_record', 'account_backup', 'device']
  const counts = tables.map((table) => database.query(`SELECT 1 FROM ${table} WHERE account_id = $1`, [id]))
  return (await Promise.all(counts)).reduce((sum, { rowCount }) => sum + rowCount, 0)
}

describe('where anyone may register', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startTestService({ registration: 'open' })
  })
  afterAll(() => service[Symbol.asyncDispose]())

  test('M9: an account is an id, a handle and a name', async () => {
    const alice = await newPerson('alice')
    const token = await register(service, alice)
    expect(await service.as(token).accounts.getOwnAccount({})).toMatchObject({
      accountId: AccountId.toBytes(alice.accountId),
      handle: 'alice',
      displayName: 'Алиса',
      administrator: false,
      keyPackages: 0,
    })
  })

  test('the same statement again, also at the same moment, gives the account that it made', async () => {
    const bob = await newPerson('bobby')
    const request = await prepareRegistration(service, bob)
    const before = await countAccounts(service)
    const { accounts } = service.as()
    const calls = Array.from({ length: 5 }, () => () => accounts.finishRegistration(request))
    const outcomes = await heldBack(service.database, 'account', calls)
    expect(outcomes.map(({ status }) => status)).toEqual(Array(5).fill('fulfilled'))
    await accounts.finishRegistration({ ...request, code: 'vr-no-more' })
    expect(await countAccounts(service)).toBe(before + 1)
    expect(await countRows(service, bob)).toBe(4)
  })

  test('another statement of the same account is refused', async () => {
    const person = await newPerson('same.key')
    const first = await prepareRegistration(service, person)
    const second = await prepareRegistration(service, { ...person, handle: 'other.handle' })
    const { accounts } = service.as()
    await accounts.finishRegistration(first)
    expect(await refusalOf(accounts.finishRegistration(second))).toEqual({
      code: Code.AlreadyExists,
      reason: 'handle_taken',
    })
  })

  test('B4: no blind answer is given under the id of an account that exists', async () => {
    const person = await newPerson('has.account')
    await register(service, person)
    const again = prepareRegistration(service, { ...person, handle: 'fresh.handle' })
    expect(await refusalOf(again)).toEqual({ code: Code.AlreadyExists, reason: 'handle_taken' })
  })

  test('C11: a handle too much like another cannot be taken', async () => {
    await register(service, await newPerson('mike'))
    for (const handle of ['mike', 'rnike', 'm1ke', 'mlke']) {
      const refused = await refusalOf(prepareRegistration(service, await newPerson(handle)))
      expect(refused, handle).toEqual({ code: Code.AlreadyExists, reason: 'handle_taken' })
    }
    await register(service, await newPerson('mikhail'))
  })

  test.each(['admin', 'veche', 'supp0rt', 'everyone'])('C11: %s is reserved', async (handle) => {
    const refused = await refusalOf(prepareRegistration(service, await newPerson(handle)))
    expect(refused).toEqual({ code: Code.AlreadyExists, reason: 'handle_taken' })
  })

  test.each(['Al', 'al', 'алиса', 'a'.repeat(33), 'al ice', ''])('%j is no handle', async (handle) => {
    const refused = await refusalOf(prepareRegistration(service, await newPerson(handle)))
    expect(refused).toEqual({ code: Code.InvalidArgument, reason: 'handle_invalid' })
  })

  test.each(['', ' x', 'a\u202eb', 'Администратор', 'x'.repeat(65)])(
    '%j is no display name',
    async (displayName) => {
      const person = await newPerson('named', { displayName })
      const refused = await refusalOf(register(service, person))
      expect(refused).toEqual({ code: Code.InvalidArgument, reason: 'name_invalid' })
      expect(await countRows(service, person)).toBe(0)
    },
  )

  test('of many who want one handle at the same moment, one gets it', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => newPerson('wanted')))
    const requests = []
    for (const person of people) requests.push(await prepareRegistration(service, person))
    const { accounts } = service.as()
    const calls = requests.map((request) => () => accounts.finishRegistration(request))
    const refused = await refusalsOf(await heldBack(service.database, 'account', calls))
    expect(refused).toEqual(Array(5).fill({ code: Code.AlreadyExists, reason: 'handle_taken' }))
    const rows = await Promise.all(people.map((person) => countRows(service, person)))
    expect(rows.toSorted()).toEqual([0, 0, 0, 0, 0, 4])
  })

  test('what the account key did not sign, or what is not whole, makes nothing', async () => {
    const person = await newPerson('strict')
    const other = await newPerson('other')
    const otherDevice = await newDevice(other.accountKey)
    const changes: [string, Partial<RegistrationStatement>][] = [
      ['another account key', { accountKey: other.accountKey.publicKey }],
      ['a short account key', { accountKey: new Uint8Array(31) }],
      ['an unknown OPAQUE version', { opaqueVersion: 2 }],
      ['no OPAQUE record', { opaqueRecord: '' }],
      ['a malformed OPAQUE record', { opaqueRecord: 'A'.repeat(256) }],
      ['a wrap of another version', { passwordWrap: { ...wrap(), version: 2 } }],
      ['a wrap of another length', { recoveryWrap: { ...wrap(), ciphertext: new Uint8Array(49) } }],
      ['a short nonce', { recoveryWrap: { ...wrap(), nonce: new Uint8Array(11) } }],
      ['no recovery verifier', { recoveryVerifierHash: new Uint8Array() }],
      ['a long backup key', { backupKey: new Uint8Array(33) }],
      ['no certificate', { deviceCertificate: new Uint8Array() }],
      ["another account's certificate", { deviceCertificate: otherDevice.certificate }],
      ['another leaf key', { deviceSignatureKey: otherDevice.signaturePublicKey }],
      ['a short leaf key', { deviceSignatureKey: new Uint8Array(31) }],
    ]
    const refused = { code: Code.InvalidArgument, reason: 'proof_invalid' }
    for (const [what, statement] of changes) {
      const request = await prepareRegistration(service, person, '', { statement })
      expect(await refusalOf(service.as().accounts.finishRegistration(request)), what).toEqual(refused)
    }
    const stranger = await prepareRegistration(service, person, '', { signer: other.accountKey })
    expect(await refusalOf(service.as().accounts.finishRegistration(stranger))).toEqual(refused)
    expect(await countRows(service, person)).toBe(0)
  })

  test('a statement changed in any bit, or in its spelling, is refused', async () => {
    const person = await newPerson('bitflip')
    const request = await prepareRegistration(service, person)
    const { accounts } = service.as()
    const flip = fc.record({ at: fc.nat({ max: request.statement.length - 1 }), bit: fc.nat({ max: 7 }) })
    await fc.assert(
      fc.asyncProperty(flip, async ({ at, bit }) => {
        const statement = Uint8Array.from(request.statement)
        statement[at]! ^= 1 << bit
        const refused = await refusalOf(accounts.finishRegistration({ ...request, statement }))
        expect(refused).toEqual({ code: Code.InvalidArgument, reason: 'proof_invalid' })
      }),
      { seed, numRuns: 200 },
    )
  })

  test('a statement in another spelling is refused, though its key signed it', async () => {
    const person = await newPerson('speller')
    const { statement } = await prepareRegistration(service, person)
    const { accounts } = service.as()
    const { identityKey } = await accounts.getServer({})
    const spelled = Uint8Array.from([...statement, 0xf8, 0x07, 0x01])
    const signature = sign(person.accountKey, labelled('veche account proof v1', identityKey, spelled))
    expect(await refusalOf(accounts.finishRegistration({ statement: spelled, signature }))).toEqual({
      code: Code.InvalidArgument,
      reason: 'proof_invalid',
    })
  })

  test('a malformed request of OPAQUE is refused', async () => {
    const person = await newPerson('opaque')
    const request = { accountId: AccountId.toBytes(person.accountId), handle: 'opaque', code: '' }
    const { accounts } = service.as()
    for (const opaqueRequest of ['', 'x', 'A'.repeat(43), '!'.repeat(43), 'A'.repeat(200_000)]) {
      const refused = await refusalOf(accounts.startRegistration({ ...request, opaqueRequest }))
      expect(refused).toEqual({ code: Code.InvalidArgument, reason: 'opaque_invalid' })
    }
    const short = accounts.startRegistration({ ...request, accountId: new Uint8Array(31), opaqueRequest: '' })
    expect(await refusalOf(short)).toEqual({ code: Code.InvalidArgument, reason: 'account_id_invalid' })
  })
})

describe('where a code is needed', () => {
  let service: TestService
  let administrator: string
  beforeAll(async () => {
    service = await startTestService({ registration: 'invite' })
    const { code } = await service.internal.ensureAdministratorCode({})
    administrator = await register(service, await newPerson('first.one'), code)
  })
  afterAll(() => service[Symbol.asyncDispose]())

  const invite = (uses = 1, lifetimeMs = 0n) =>
    service.as(administrator).registration.createInvite({ uses, lifetimeMs })
  const codeInvalid = { code: Code.PermissionDenied, reason: 'code_invalid' }

  test('M24: a code lets in as many as it says', async () => {
    const { code } = await invite(2)
    await register(service, await newPerson('guest.a'), code)
    await register(service, await newPerson('guest.b'), code.toUpperCase())
    expect(await refusalOf(register(service, await newPerson('guest.c'), code))).toEqual(codeInvalid)
  })

  test('absent, used up, expired and malformed codes are not told apart', async () => {
    const { code: used } = await invite()
    await register(service, await newPerson('used.it'), used)
    const { code: expired } = await invite(1, 1000n)
    service.clock.advance(1000)
    for (const code of ['', 'vr-', 'x'.repeat(100_000), `vr-${'a'.repeat(26)}`, used, expired]) {
      expect(await refusalOf(prepareRegistration(service, await newPerson('nobody.new'), code))).toEqual(
        codeInvalid,
      )
    }
  })

  test('without a good code nothing is learnt of handles', async () => {
    const taken = await refusalOf(prepareRegistration(service, await newPerson('first.one'), ''))
    const free = await refusalOf(prepareRegistration(service, await newPerson('free.one'), ''))
    expect(taken).toEqual(codeInvalid)
    expect(free).toEqual(codeInvalid)
    const person = await newPerson('late.one')
    const { code } = await invite()
    const request = await prepareRegistration(service, person, code)
    await register(service, await newPerson('late.one'), (await invite()).code)
    const finish = (text: string) =>
      refusalOf(service.as().accounts.finishRegistration({ ...request, code: text }))
    expect(await finish('vr-wrong')).toEqual(codeInvalid)
    expect(await finish(code)).toEqual({ code: Code.AlreadyExists, reason: 'handle_taken' })
  })

  test('a registration that fails uses up nothing', async () => {
    const { code } = await invite()
    const unlucky = await newPerson('unlucky')
    const request = await prepareRegistration(service, unlucky, code)
    await register(service, await newPerson('unlucky'), (await invite()).code)
    expect((await refusalOf(service.as().accounts.finishRegistration(request))).reason).toBe('handle_taken')
    await register(service, { ...unlucky, handle: 'lucky' }, code)
  })

  test('of many who use a code for one at the same moment, one gets in', async () => {
    const { code } = await invite()
    const requests = []
    for (let index = 0; index < 6; index++) {
      requests.push(await prepareRegistration(service, await newPerson(`crowd${index}`), code))
    }
    const { accounts } = service.as()
    const calls = requests.map((request) => () => accounts.finishRegistration(request))
    const refused = await refusalsOf(await heldBack(service.database, 'registration_code', calls))
    expect(refused).toEqual(Array(5).fill(codeInvalid))
  })

  test('the administrator decides at once and past restarts', async () => {
    const { registration } = service.as(administrator)
    await registration.setRegistration({ registration: RegistrationPolicy.CLOSED })
    const { code } = await invite()
    const closed = { code: Code.PermissionDenied, reason: 'registration_closed' }
    expect(await refusalOf(prepareRegistration(service, await newPerson('too.late'), code))).toEqual(closed)
    await service.restart()
    expect((await service.as().accounts.getServer({})).registration).toBe(RegistrationPolicy.CLOSED)
    expect(await refusalOf(prepareRegistration(service, await newPerson('too.late'), ''))).toEqual(closed)

    await service.as(administrator).registration.setRegistration({ registration: RegistrationPolicy.OPEN })
    await register(service, await newPerson('walk.in'))
    expect(await refusalOf(prepareRegistration(service, await newPerson('mistyped'), 'vr-x'))).toEqual(
      codeInvalid,
    )
    await service.as(administrator).registration.setRegistration({ registration: RegistrationPolicy.INVITE })
  })
})

describe('where no one may register', () => {
  let service: TestService
  beforeAll(async () => {
    service = await startTestService({ registration: 'closed' })
  })
  afterAll(() => service[Symbol.asyncDispose]())

  test('M24: the first administrator may, once', async () => {
    const { code: replaced } = await service.internal.ensureAdministratorCode({})
    const { code } = await service.internal.ensureAdministratorCode({})
    const first = await newPerson('first.one')
    expect((await refusalOf(prepareRegistration(service, first, replaced))).reason).toBe(
      'registration_closed',
    )

    const request = await prepareRegistration(service, first, code)
    const { accounts } = service.as()
    expect(await accounts.finishRegistration(request)).toMatchObject({ administrator: true })
    expect(await accounts.finishRegistration(request)).toMatchObject({ administrator: true })
    expect((await service.internal.ensureAdministratorCode({})).code).toBe('')
    const second = await refusalOf(prepareRegistration(service, await newPerson('second.one'), code))
    expect(second.reason).toBe('registration_closed')
  })
})
