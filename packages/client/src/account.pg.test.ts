import { isMessage } from '@bufbuild/protobuf'
import { MemoryFiles } from '@veche/history'
import { GetServerResponseSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DamagedError, RefusedError, UnreachableError, UsageError } from './errors.ts'
import { parseRecoveryCode } from './recovery-code.ts'
import { refusedFor } from './testing/failures.ts'
import { openPerson, registerPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

test('M9: an account is made, remembered, and is the only one of its profile', async () => {
  const anna = await registerPerson(server, 'anna')
  expect(anna.client.account).toMatchObject({ kind: 'ready', handle: 'anna', name: 'The anna' })
  const again = await reopen(server, anna)
  expect(again.client.account).toEqual(anna.client.account)
  const another = { handle: 'other', name: 'O', password: 'olive harbour' }
  await expect(again.client.register(another)).rejects.toThrow(UsageError)
  await expect(again.client.login(another)).rejects.toThrow(UsageError)
})

test('without an account nothing else works, and it is said so', async () => {
  const { client } = await openPerson(server, 'nobody')
  expect(client.account).toEqual({ kind: 'none' })
  expect(() => client.chats()).toThrow(UsageError)
  await expect(client.catchUp(100)).rejects.toThrow('not_registered')
  await expect(client.administration.getRegistration()).rejects.toThrow('not_registered')
  await client.close()
})

test('F16: a registration whose answer was lost goes on with the same bytes and gives one account', async () => {
  const bella = await openPerson(server, 'bella')
  const account = { handle: 'bella', name: 'B', password: 'one password' }
  const failing = bella.line
  const unary = failing.unary
  failing.unary = async (method, ...rest) => {
    failing.losesAnswers = method.name === 'FinishRegistration'
    return unary(method, ...rest)
  }
  await expect(bella.client.register(account)).rejects.toThrow(UnreachableError)
  expect(bella.client.account).toEqual({ kind: 'registering', handle: 'bella' })
  const again = await reopen(server, bella)
  const { recovery, device } = await again.client.register(account)
  expect(again.line.calls).not.toContain('StartRegistration')
  expect(parseRecoveryCode(recovery).words).toBe(recovery)
  expect(await again.client.devices.list()).toMatchObject([{ device, current: true }])
})

test('a registration that was left, and then refused, makes room for another', async () => {
  const first = await openPerson(server, 'clara')
  first.line.unary = (
    (unary) =>
    async (method, ...rest) => {
      if (method.name === 'FinishRegistration') first.line.cut()
      return unary(method, ...rest)
    }
  )(first.line.unary)
  await expect(
    first.client.register({ handle: 'clara', name: 'C', password: 'olive harbour' }),
  ).rejects.toThrow(UnreachableError)
  await registerPerson(server, 'clara')
  const again = await reopen(server, first)
  expect(again.client.account).toEqual({ kind: 'registering', handle: 'clara' })
  await expect(
    again.client.register({ handle: 'clara', name: 'C', password: 'olive harbour' }),
  ).rejects.toEqual(refusedFor('handle_taken'))
  expect(again.client.account).toEqual({ kind: 'none' })
  await again.client.register({ handle: 'clara-two', name: 'C', password: 'olive harbour' })
  expect(again.client.account).toMatchObject({ kind: 'ready', handle: 'clara-two' })
})

test('a registration that was left is not lost by asking for another handle', async () => {
  const dora = await openPerson(server, 'dora')
  const unary = dora.line.unary
  dora.line.unary = async (method, ...rest) => {
    dora.line.losesAnswers = method.name === 'FinishRegistration'
    return unary(method, ...rest)
  }
  await expect(
    dora.client.register({ handle: 'dora', name: 'D', password: 'olive harbour' }),
  ).rejects.toThrow(UnreachableError)
  const again = await reopen(server, dora)
  await expect(
    again.client.register({ handle: 'dora-two', name: 'D', password: 'olive harbour' }),
  ).rejects.toEqual(refusedFor('already_registered'))
  expect(again.client.account).toMatchObject({ kind: 'ready', handle: 'dora' })
})

test('a weak password is refused before anything is sent or stored', async () => {
  const { client } = await openPerson(server, 'weak')
  await expect(client.register({ handle: 'weak', name: 'Weak', password: 'password' })).rejects.toMatchObject(
    {
      name: 'UsageError',
      reason: 'weak_password',
    },
  )
  expect(client.account).toEqual({ kind: 'none' })
})

test('the server names what it refuses', async () => {
  const { client } = await openPerson(server, 'x')
  await expect(client.register({ handle: 'X!', name: 'X', password: 'olive harbour' })).rejects.toEqual(
    refusedFor('handle_invalid'),
  )
  await expect(client.register({ handle: 'emma', name: '', password: 'olive harbour' })).rejects.toThrow(
    RefusedError,
  )
  expect(client.account).toEqual({ kind: 'none' })
})

test('a second device comes beside the first by the password, and not by a wrong one', async () => {
  const fanny = await registerPerson(server, 'fanny')
  const other = await openPerson(server, 'fanny')
  const password = 'password of fanny'
  for (const wrong of [
    { handle: 'fanny', password: 'no' },
    { handle: 'nobody-here', password },
  ]) {
    await expect(other.client.login(wrong)).rejects.toEqual(refusedFor('login_failed'))
  }
  expect(other.client.account).toEqual({ kind: 'none' })
  expect(await fanny.client.devices.list()).toHaveLength(1)
  await other.client.login({ handle: 'fanny', password })
  expect(await fanny.client.devices.list()).toHaveLength(2)
  expect(await other.client.devices.list()).toMatchObject([{}, {}])
})

test('B3: a password is the same however it was typed', async () => {
  const greta = await openPerson(server, 'greta')
  await greta.client.register({ handle: 'greta', name: 'G', password: '\u212bngström ﬁne' })
  const other = await openPerson(server, 'greta')
  const typed = { handle: 'greta', password: 'A\u030angstro\u0308m fine' }
  await other.client.login(typed)
  expect(other.client.account.kind).toBe('ready')
})

test('M11 M12: each setting is shown and set by itself; only administrators administer', async () => {
  const { client } = await registerPerson(server, 'heidi')
  expect(await client.settings.get()).toEqual({ acceptance: 'confirm', visibility: 'closed' })
  expect(await client.settings.setAcceptance('forbidden')).toEqual({
    acceptance: 'forbidden',
    visibility: 'closed',
  })
  expect(await client.settings.setVisibility('open')).toEqual({ acceptance: 'forbidden', visibility: 'open' })
  expect(await client.settings.get()).toEqual({ acceptance: 'forbidden', visibility: 'open' })
  await expect(client.administration.createInvite()).rejects.toEqual(refusedFor('not_administrator'))
})

test('a server that signs its OPAQUE key with another identity gets nothing', async () => {
  const person = await openPerson(server, 'inga')
  person.line.tamper = (answer) => {
    if (isMessage(answer, GetServerResponseSchema)) answer.identityKey = new Uint8Array(32)
  }
  await expect(
    person.client.register({ handle: 'inga', name: 'I', password: 'olive harbour' }),
  ).rejects.toThrow('not signed')
  expect(person.line.calls).toEqual(['GetServer'])
})

test('F15: a profile whose device journal is damaged is not opened, and left as it is', async () => {
  const { files } = await registerPerson(server, 'jutta')
  const stored = files.snapshot()
  const journal = stored.get('device.journal')!
  journal[journal.length - 20]! ^= 1
  const damaged = MemoryFiles.from(stored)
  await expect(openPerson(server, 'jutta', damaged)).rejects.toThrow(DamagedError)
  expect(damaged.snapshot()).toEqual(stored)
})
