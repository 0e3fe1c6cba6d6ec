import { WebApp } from '@veche/app-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exitCode } from '../exit-code.ts'
import { main } from '../main.ts'
import { HostileWebServer } from '../testing/hostile-web-server.ts'
import type { Person } from '../testing/person.ts'
import { TestServer } from '../testing/test-server.ts'
import { en } from '../words/en.ts'
import { ru } from '../words/ru.ts'

let server: TestServer
let anna: Person
let web: WebApp
let release: string
beforeAll(async () => {
  // Both ways to it: this machine may speak plain text.
  server = await TestServer.start({ VECHE_TLS: 'lan', VECHE_LISTEN: '127.0.0.1', VECHE_MDNS: 'false' })
  anna = await server.person('anna')
  web = (await WebApp.read())!
  release = web.release
})
afterAll(() => server?.[Symbol.asyncDispose]())

test('C15 a real server serves what the sources make, and says which release that is', async () => {
  const { code, lines, err } = await anna.json('verify-web', server.url)
  expect(lines).toEqual([{ same: true, release, answers: expect.any(Number) }])
  expect([code, err]).toEqual([exitCode.done, ''])
})

test('C15 M6 of a server of the local network only what the profile trusts is compared, over HTTP/2 and HTTP/1.1', async () => {
  const url = server.url.replace('http:', 'https:')
  const untrusted = await anna.json('verify-web', url)
  expect(untrusted.code).toBe(exitCode.unreachable)
  expect(JSON.parse(untrusted.err)).toMatchObject({ error: { reason: 'server_untrusted' } })
  await trust(url)
  for (const language of ['en', 'ru']) {
    const { says } = language === 'en' ? en : ru
    const { code, out, err } = await anna.say(language, 'verify-web', url)
    expect([code, err]).toEqual([exitCode.done, expect.stringMatching(/^\S.*\d.*…\n$/)])
    expect(out).toContain(says.web.release)
    const digits = out.slice(out.indexOf(says.web.release) + says.web.release.length)
    expect(digits.replace(/\s/g, '').toLowerCase()).toBe(release)
  }
})

/** As somebody would who has compared it. */
async function trust(url: string): Promise<void> {
  const shown = await anna.json('trust', url, '--fingerprint', '0')
  expect(shown.code).toBe(exitCode.refused)
  const terminal = anna.terminal({ answers: ['y'] })
  expect(await main(['trust', url], terminal)).toBe(exitCode.done)
}

test('C15 what differs is told with both hashes and for whom, in both languages, and refused', async () => {
  await using hostile = await HostileWebServer.open(web)
  hostile.tamper = (outgoing, { path, headers }) => {
    if (path === '/' && headers['accept-encoding'] === undefined)
      outgoing.body = Buffer.from('<script src="//evil.example/x.js">')
  }
  const { origin } = hostile.url
  for (const [language, words] of [
    ['en', en],
    ['ru', ru],
  ] as const) {
    const { code, out, err } = await anna.say(language, 'verify-web', origin)
    expect(code).toBe(exitCode.refused)
    expect(err).toContain(words.failures.web_differs(origin))
    expect(out).toMatch(/^\/: .*\n {2}\S+ +[0-9a-f]{64}\n {2}\S+ +[0-9a-f]{64}\n {2}.*curl · HTTP\/1\.1/m)
    expect(out).toContain(words.says.web.unlisted('//evil.example/x.js'))
    expect(out).toContain(words.says.web.release)
  }
  const { code, lines, err } = await anna.json('verify-web', origin)
  expect(code).toBe(exitCode.refused)
  expect(lines[0]).toMatchObject({
    path: '/',
    difference: 'content',
    at: expect.any(Number),
    visitors: expect.arrayContaining([expect.stringContaining('curl')]),
  })
  expect(lines.at(-1)).toMatchObject({ same: false, release })
  expect(JSON.parse(err.trim().split('\n').at(-1)!)).toMatchObject({ error: { reason: 'web_differs' } })
})

test('what is no address, and where nobody is, is said as every command says it', async () => {
  for (const address of [
    'veche.example',
    'ftp://veche.example',
    'https://veche.example/path',
    'https://a@b.example',
    '',
  ]) {
    const { code, err } = await anna.json('verify-web', address)
    expect([code, JSON.parse(err).error.reason], address).toEqual([exitCode.wrongUse, 'invalid_server'])
  }
  const { code, err } = await anna.json('verify-web', 'http://127.0.0.1:1')
  expect([code, JSON.parse(err.split('\n')[0]!).error.reason]).toEqual([exitCode.unreachable, 'unreachable'])
})
