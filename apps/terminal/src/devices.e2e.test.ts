/** The devices of an account, by the commands in real terminals against a real server. */
import { PseudoTerminal, VECHE } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import type { Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'

const size = { columns: 160, rows: 60 }
let server: TestServer
let alice: Person
let second: Person
beforeAll(async () => {
  server = await TestServer.start()
  ;[alice] = await server.welcome('alice')
  second = await server.person('alice')
})
afterAll(() => server?.[Symbol.asyncDispose]())

const reasonOf = ({ err }: { err: string }) => JSON.parse(err).error.reason
const shown = (terminal: PseudoTerminal, what: RegExp) => terminal.text().match(what)![0]

function run(person: Person, ...args: string[]): Promise<PseudoTerminal> {
  const argv = [process.execPath, VECHE, '--profile', person.profile, ...args]
  return PseudoTerminal.start(argv, { ...size, env: { VECHE_LANG: 'en' } })
}

async function link(answer: string): Promise<[PseudoTerminal, PseudoTerminal]> {
  const old = await run(alice, 'device', 'link', '--password-file', alice.passwordFile)
  const code = /veche-linking:[a-z2-7]{32}/
  await old.waitFor(code)
  const joining = await run(second, 'login', '--server', server.url, '--link', shown(old, code))
  const digits = /\b\d{3} \d{3}\b/
  for (const terminal of [joining, old]) await terminal.waitFor(digits)
  expect(shown(joining, digits)).toBe(shown(old, digits))
  await old.waitFor('yes/no')
  old.type(`${answer}\r`)
  return [old, joining]
}

test('A4 who says no lets nobody in, and who says yes does', async () => {
  const [refusing, refused] = await link('no')
  await refusing.waitFor('Nobody was let in')
  await refused.waitFor('The code is too old, was ended')
  await Promise.all([refusing, refused].map((terminal) => terminal[Symbol.asyncDispose]()))
  expect((await alice.json('device', 'list')).lines).toHaveLength(1)

  const [old, joining] = await link('yes')
  await joining.waitFor('You are signed in as @alice')
  await old.waitFor('The new device is let in')
  await Promise.all([old, joining].map((terminal) => terminal[Symbol.asyncDispose]()))
  const { lines } = await alice.json('device', 'list')
  expect(lines).toMatchObject([
    { current: true, certified: true, name: null },
    { current: false, certified: true, name: null },
  ])
})

test('A3 a device has a name here, and is signed out by the password alone', async () => {
  const device = String((await alice.json('device', 'list')).lines[1]!.device)
  expect((await alice.json('device', 'name', device.slice(0, 6), 'office')).lines).toEqual([
    { device, name: 'office' },
  ])
  expect((await alice.say('ru', 'device', 'list')).out).toContain('office')
  const own = String((await alice.json('whoami')).lines[0]!.device)
  const remove = (which: string) =>
    alice.json('device', 'remove', which, '--password-file', alice.passwordFile)
  expect(reasonOf(await remove(own))).toBe('own_device')
  expect(reasonOf(await remove('nothing'))).toBe('device_unknown')
  expect((await second.json('chats')).code).toBe(exitCode.done)
  expect((await remove('office')).lines).toEqual([{ device, removed: true }])
  expect((await alice.json('device', 'list')).lines).toMatchObject([{ device: own }])
  const gone = await second.json('device', 'list')
  expect([gone.code, reasonOf(gone)]).toEqual([exitCode.refused, 'proof_invalid'])
  const shown = await second.json('chats')
  expect([shown.code, JSON.parse(shown.err)]).toMatchObject([exitCode.done, { reason: 'proof_invalid' }])
  expect((await second.json('logout', '--erase')).code).toBe(exitCode.done)
})

test('A4 a code of another kind lets nobody in, and is shown to nobody', async () => {
  for (const code of ['vr-aaaa', 'veche-linking:x', `https://veche.example/#code=vr-${'a'.repeat(26)}`]) {
    const { code: exit, err } = await second.json('login', '--server', 'http://127.0.0.1:1', '--link', code)
    expect([exit, reasonOf({ err })]).toEqual([exitCode.wrongUse, 'linking_code'])
  }
})
