import { afterAll, beforeAll, expect, test } from 'vitest'
import { UnreachableError } from './errors.ts'
import { parseRecoveryCode } from './recovery-code.ts'
import { refusedFor, wrongFor } from './testing/failures.ts'
import { openPerson, opens, type Person, registerPerson, reopen } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

const passwordOf = (handle: string) => `password of ${handle}`

test('F16: the recovery sheet outlives a program that dies before it was shown, and then is forgotten', async () => {
  const anna = await openPerson(server, 'anna')
  expect(() => anna.client.security.recoverySheet()).toThrow('not_registered')
  const { recovery } = await anna.client.register({ handle: 'anna', name: 'A', password: passwordOf('anna') })
  const again = await reopen(server, anna)
  const sheet = { server: 'memory:', handle: 'anna', words: recovery }
  expect(again.client.security.recoverySheet()).toEqual(sheet)
  await again.client.security.sheetSeen()
  await again.client.security.sheetSeen()
  expect(again.client.security.recoverySheet()).toBeUndefined()
  const later = await reopen(server, again)
  expect(later.client.security.recoverySheet()).toBeUndefined()
})

const NEW_PASSWORD = 'olive harbour lantern'

function loseAnswersOf(person: Person, name: string): void {
  const unary = person.line.unary
  person.line.unary = async (method, ...rest) => {
    person.line.losesAnswers = method.name === name
    return unary(method, ...rest)
  }
}

test('M9: the password is changed, and the old one opens nothing any more', async () => {
  const berta = await registerPerson(server, 'berta')
  const change = { oldPassword: passwordOf('berta'), newPassword: NEW_PASSWORD }
  await berta.client.security.changePassword(change)
  expect(await opens(server, berta, passwordOf('berta'))).toBe(false)
  expect(await opens(server, berta, NEW_PASSWORD)).toBe(true)
  expect(await berta.client.devices.list()).toMatchObject([{ current: true }])
  const wrong = { oldPassword: passwordOf('berta'), newPassword: 'another good password' }
  await expect(berta.client.security.changePassword(wrong)).rejects.toEqual(refusedFor('login_failed'))
  const weak = { oldPassword: NEW_PASSWORD, newPassword: 'password' }
  await expect(berta.client.security.changePassword(weak)).rejects.toEqual(wrongFor('weak_password'))
  const same = { oldPassword: NEW_PASSWORD, newPassword: NEW_PASSWORD }
  await expect(berta.client.security.changePassword(same)).rejects.toEqual(wrongFor('same_password'))
  expect(await opens(server, berta, NEW_PASSWORD)).toBe(true)
})

test('F8: a change whose answer was lost is found done by the same call', async () => {
  const clara = await registerPerson(server, 'clara')
  loseAnswersOf(clara, 'ChangePassword')
  const change = { oldPassword: passwordOf('clara'), newPassword: NEW_PASSWORD }
  await expect(clara.client.security.changePassword(change)).rejects.toThrow(UnreachableError)
  const again = await reopen(server, clara)
  await again.client.security.changePassword(change)
  expect(again.line.calls).not.toContain('ChangePassword')
  expect(await opens(server, clara, NEW_PASSWORD)).toBe(true)
})

test('a forgotten password is set anew by the sheet, on the device that is in', async () => {
  const dora = await registerPerson(server, 'dora')
  const { words } = dora.client.security.recoverySheet()!
  const { device } = dora.client.account as { device: string }
  await dora.client.security.resetPassword(parseRecoveryCode(words), NEW_PASSWORD)
  expect(await opens(server, dora, passwordOf('dora'))).toBe(false)
  expect(await opens(server, dora, NEW_PASSWORD)).toBe(true)
  expect(await dora.client.devices.list()).toMatchObject([{ device, current: true }])
  const { words: others } = (await registerPerson(server, 'other')).client.security.recoverySheet()!
  await expect(dora.client.security.resetPassword(parseRecoveryCode(others), 'x'.repeat(4))).rejects.toEqual(
    wrongFor('weak_password'),
  )
  const guessed = dora.client.security.resetPassword(parseRecoveryCode(others), 'another good password')
  await expect(guessed).rejects.toEqual(refusedFor('recovery_failed'))
})

test('a new sheet needs the password, and ends the one before', async () => {
  const erna = await registerPerson(server, 'erna')
  const { words } = erna.client.security.recoverySheet()!
  await erna.client.security.sheetSeen()
  const guessed = erna.client.security.newRecoverySheet({ password: 'another good password' })
  await expect(guessed).rejects.toEqual(refusedFor('login_failed'))
  const sheet = await erna.client.security.newRecoverySheet({ password: passwordOf('erna') })
  expect(sheet).toMatchObject({ server: 'memory:', handle: 'erna' })
  expect(erna.client.security.recoverySheet()).toEqual(sheet)
  const lost = await openPerson(server, 'erna')
  const request = { handle: 'erna', password: NEW_PASSWORD }
  await expect(lost.client.recover({ ...request, code: parseRecoveryCode(words) })).rejects.toEqual(
    refusedFor('recovery_failed'),
  )
  await lost.client.recover({ ...request, code: parseRecoveryCode(sheet.words) })
})

test('F8: a new sheet whose answer was lost is not: it is found again, or the one before stays good', async () => {
  for (const isTaken of [true, false]) {
    const handle = isTaken ? 'frida' : 'greta'
    const person = await registerPerson(server, handle)
    const { words } = person.client.security.recoverySheet()!
    await person.client.security.sheetSeen()
    if (isTaken) loseAnswersOf(person, 'ChangeRecoveryCode')
    else person.line.onRequest = (method) => method.name === 'ChangeRecoveryCode' && person.line.cut()
    const made = person.client.security.newRecoverySheet({ password: passwordOf(handle) })
    await expect(made).rejects.toThrow(UnreachableError)
    if (!isTaken) await server.restart()
    const again = await reopen(server, person)
    expect(again.client.security.recoverySheet()).toBeUndefined()
    expect(again.client.security.isSheetDue).toBe(true)
    await again.client.security.completeSheet()
    expect(again.client.security.isSheetDue).toBe(isTaken)
    const sheet = again.client.security.recoverySheet()
    expect(sheet !== undefined).toBe(isTaken)
    const lost = await openPerson(server, handle)
    await lost.client.recover({
      handle,
      password: NEW_PASSWORD,
      code: parseRecoveryCode(sheet?.words ?? words),
    })
  }
})

test('A2: another server under the same address gets no proof of the password', async () => {
  const heidi = await registerPerson(server, 'heidi')
  await using impostor = await startTestServer()
  const line = impostor.connect()
  heidi.line.unary = line.unary
  const change = { oldPassword: passwordOf('heidi'), newPassword: NEW_PASSWORD }
  await expect(heidi.client.security.changePassword(change)).rejects.toThrow()
  expect(line.calls).not.toContain('StartLogin')
})
