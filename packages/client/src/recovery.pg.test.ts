import { isMessage } from '@bufbuild/protobuf'
import { StartRecoveryResponseSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { UnreachableError } from './errors.ts'
import { parseRecoveryCode } from './recovery-code.ts'
import { refusedFor, wrongFor } from './testing/failures.ts'
import { type Death, Mortal } from './testing/mortal.ts'
import {
  CATCH_UP_MS,
  openChat,
  openPerson,
  opens,
  type Person,
  passwordOf,
  registerNew,
  reopen,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const NEW_PASSWORD = 'olive harbour lantern'

async function lost(): Promise<{ person: Person; words: string }> {
  const person = await registerNew(server, 'anna')
  return { person, words: person.client.security.recoverySheet()!.words }
}

const requestOf = ({ handle }: { handle: string }, words: string, newSheet = false) => {
  return { handle, code: parseRecoveryCode(words), password: NEW_PASSWORD, newSheet }
}

test('who lost device and password takes the account back, and is brought into the chats again', async () => {
  const { person: alice, words } = await lost()
  const bob = await registerNew(server, 'bob')
  const chat = await openChat(alice, bob)
  const { account } = alice.client.account as { account: string }

  const renewed = await openPerson(server, alice.handle)
  const recovered = await renewed.client.recover(requestOf(alice, words))
  expect(recovered).toMatchObject({ kind: 'ready', account, name: `The ${alice.handle}`, resumed: false })
  expect(renewed.client.security.recoverySheet()).toBeUndefined()
  expect(await renewed.client.devices.list()).toMatchObject([{ device: recovered.device, current: true }])
  await expect(alice.client.catchUp(CATCH_UP_MS)).rejects.toThrow(/^(token|proof)_invalid$/)
  expect(await opens(server, alice, passwordOf(alice))).toBe(false)
  expect(await opens(server, alice, NEW_PASSWORD)).toBe(true)

  while (renewed.client.chats().length === 0)
    for (const one of [renewed, bob]) await one.client.catchUp(CATCH_UP_MS)
  await renewed.client.send(chat, 'I am back')
  for (const one of [renewed, bob]) await one.client.catchUp(CATCH_UP_MS)
  expect(await textsOf(bob, chat)).toEqual(['I am back'])
})

test('a stream of the old device ends at once', async () => {
  const { person: alice, words } = await lost()
  const following = alice.client.connect(new AbortController().signal)
  const refused = expect(following).rejects.toEqual(refusedFor('proof_invalid'))
  await expect.poll(() => alice.events.map(({ type }) => type), { timeout: 20_000 }).toContain('connection')
  await (await openPerson(server, alice.handle)).client.recover(requestOf(alice, words))
  await refused
})

test('a new sheet takes the place of the one before', async () => {
  const { person: alice, words } = await lost()
  const renewed = await openPerson(server, alice.handle)
  await renewed.client.recover(requestOf(alice, words, true))
  const sheet = renewed.client.security.recoverySheet()!
  expect(sheet.words).not.toBe(words)
  const third = await openPerson(server, alice.handle)
  await expect(third.client.recover(requestOf(alice, words))).rejects.toEqual(refusedFor('recovery_failed'))
  await third.client.recover(requestOf(alice, sheet.words))
})

test('B1: an unknown handle and a wrong code are refused alike, and nothing is stored', async () => {
  const { person: alice } = await lost()
  const { words: others } = await lost()
  const stranger = await openPerson(server, alice.handle)
  const before = stranger.files.snapshot()
  for (const handle of [alice.handle, 'nobody-here']) {
    await expect(stranger.client.recover(requestOf({ handle }, others))).rejects.toEqual(
      refusedFor('recovery_failed'),
    )
  }
  const weak = { ...requestOf(alice, others), password: 'password' }
  await expect(stranger.client.recover(weak)).rejects.toEqual(wrongFor('weak_password'))
  await expect(alice.client.recover(requestOf(alice, others))).rejects.toEqual(wrongFor('already_registered'))
  expect(stranger.files.snapshot()).toEqual(before)
  expect(stranger.client.account).toEqual({ kind: 'none' })
})

test('A2: a server that gives what opens another account, or none, gets no new password', async () => {
  const { person: alice, words } = await lost()
  const { person: mallory } = await lost()
  const { account } = mallory.client.account as { account: string }
  expect(account).not.toBe('')
  const tampers: ((answer: {
    accountId: Uint8Array
    recoveryWrap?: { ciphertext: Uint8Array } | undefined
  }) => void)[] = [
    (answer) => {
      answer.accountId = answer.accountId.map((byte) => byte ^ 1)
    },
    (answer) => {
      answer.recoveryWrap!.ciphertext[0]! ^= 1
    },
  ]
  for (const tamper of tampers) {
    const renewed = await openPerson(server, alice.handle)
    renewed.line.tamper = (answer) => {
      if (isMessage(answer, StartRecoveryResponseSchema)) tamper(answer)
    }
    await expect(renewed.client.recover(requestOf(alice, words))).rejects.toMatchObject({
      name: 'DecodeError',
    })
    expect(renewed.line.calls).not.toContain('FinishRecovery')
  }
})

test('F8: an answer that is lost is asked for again with the same bytes; the first password counts', async () => {
  const { person: alice, words } = await lost()
  const renewed = await openPerson(server, alice.handle)
  const unary = renewed.line.unary
  renewed.line.unary = async (method, ...rest) => {
    renewed.line.losesAnswers = method.name === 'FinishRecovery'
    return unary(method, ...rest)
  }
  await expect(renewed.client.recover(requestOf(alice, words, true))).rejects.toThrow(UnreachableError)
  expect(renewed.client.account).toEqual({ kind: 'recovering', handle: alice.handle })
  const again = await reopen(server, renewed)
  const later = { ...requestOf(alice, words), password: 'another good password' }
  expect(await again.client.recover(later)).toMatchObject({ resumed: true })
  expect(again.line.calls).not.toContain('StartRecovery')
  expect(again.client.security.recoverySheet()?.words).not.toBe(words)
  expect(await opens(server, alice, NEW_PASSWORD)).toBe(true)
})

test('F8: what was begun is looked after before anything else is done on the device', async () => {
  const { person: alice, words } = await lost()
  const renewed = await openPerson(server, alice.handle)
  const unary = renewed.line.unary
  renewed.line.unary = async (method, ...rest) => {
    renewed.line.losesAnswers = method.name === 'FinishRecovery'
    return unary(method, ...rest)
  }
  await expect(renewed.client.recover(requestOf(alice, words))).rejects.toThrow(UnreachableError)
  const again = await reopen(server, renewed)
  const credentials = { handle: alice.handle, password: NEW_PASSWORD, replace: true }
  await expect(again.client.login(credentials)).rejects.toEqual(wrongFor('already_registered'))
  expect(again.client.account).toMatchObject({ kind: 'ready', handle: alice.handle })
})

test('another account’s kept history is not mixed with it', async () => {
  const { person: alice, words } = await lost()
  const bob = await registerNew(server, 'bob')
  await openChat(alice, bob)
  await bob.client.logout({ keepHistory: true })
  const there = await openPerson(server, alice.handle, bob.files)
  await expect(there.client.recover(requestOf(alice, words))).rejects.toEqual(wrongFor('other_account'))
  expect(await opens(server, alice, passwordOf(alice))).toBe(true)
})

test('F16: a program that dies at any point of recovering has the account or has changed nothing', async () => {
  let deaths = 0
  for (let after = 1; after <= 8; after++) {
    // Each has codes of its own to try: the server answers ten at once (B4).
    const { person: alice, words: first } = await lost()
    await alice.client.close()
    let words = first
    for (const death of deathsAt(after)) {
      const mortal = new Mortal(server, alice.handle)
      const result = await mortal.survive(death, async (client) => {
        if (client.account.kind === 'ready') return client.account
        return client.recover(requestOf(alice, words, true))
      })
      expect(result).toMatchObject({ kind: 'ready', handle: alice.handle })
      const client = await mortal.client()
      expect(await client.devices.list()).toMatchObject([{ current: true }])
      words = client.security.recoverySheet()!.words
      deaths += mortal.deaths
      await mortal.close()
    }
    expect(await opens(server, alice, NEW_PASSWORD)).toBe(true)
  }
  expect(deaths).toBeGreaterThanOrEqual(10)
})

function deathsAt(after: number): Death[] {
  const unsynced = (['lost', 'torn', 'kept'] as const)[after % 3]!
  return [
    { kind: 'step', after },
    { kind: 'disk', after, unsynced },
  ]
}
