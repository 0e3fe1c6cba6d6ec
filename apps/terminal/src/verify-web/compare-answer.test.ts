import { gzipSync } from 'node:zlib'
import { expectedHeaders, WebApp } from '@veche/app-server'
import { randomFrom, seedFromEnvironment } from '@veche/testkit'
import { beforeAll, expect, test } from 'vitest'
import { compareAnswer, type Expected, type Served } from './compare-answer.ts'
import { decodeBody } from './decode-body.ts'
import { unlistedFiles } from './unlisted-files.ts'

const url = new URL('https://veche.example')
const CODINGS = ['identity', 'gzip', 'br']
/** Of files up to this, every byte is changed. */
const SMALL_BYTES = 4096
const POSITIONS_OF_LARGE = 150

let web: WebApp
beforeAll(async () => {
  web = (await WebApp.read())!
})

/** What is expected for a file by who takes one coding, and what an honest server serves. */
function honest(path: string, accepted: string, isPublic = true): { expected: Expected; served: Served } {
  const answer = web.answerTo({ url: path, method: 'GET', headers: { 'accept-encoding': accepted } })!
  const headers = expectedHeaders(answer, url, isPublic)
  const sent = Object.entries(headers.required).map(([name, value]) => [name, [value]] as const)
  return {
    expected: { answer, headers, accepted, paths: web.paths },
    served: { status: 200, headers: new Map(sent), body: answer.body, isHinted: false },
  }
}

function* everyAnswer() {
  for (const path of web.paths) for (const coding of CODINGS) yield { path, coding, ...honest(path, coding) }
}

/** All, or so many left to chance, the first and the last among them. */
function positionsOf(bytes: number, random: () => number): number[] {
  if (bytes <= SMALL_BYTES) return Array.from({ length: bytes }, (_, at) => at)
  const chosen = Array.from({ length: POSITIONS_OF_LARGE }, () => Math.floor(random() * bytes))
  return [0, ...chosen, bytes - 1]
}

function changed(body: Buffer, at: number, by: number): Buffer {
  const copy = Buffer.from(body)
  copy[at]! ^= by
  return copy
}

test('C15 the local release is whole, and its own answers differ in nothing', () => {
  expect(web.damaged).toEqual([])
  expect(web.paths.length).toBeGreaterThan(10)
  for (const { expected, served, path } of everyAnswer())
    expect(compareAnswer(expected, served), path).toEqual([])
})

test('C15 every single-byte change in any served file is found, in every content coding', async (context) => {
  const seed = seedFromEnvironment()
  const random = randomFrom(seed)
  let changes = 0
  let harmless = 0
  for (const { path, coding, expected, served } of everyAnswer()) {
    for (const at of positionsOf(served.body.length, random)) {
      const body = changed(served.body, at, 1 + Math.floor(random() * 255))
      const found = compareAnswer(expected, { ...served, body })
      const where = `${path} ${coding}, byte ${at}, seed ${seed}`
      expect(found.length, where).toBeGreaterThan(0)
      changes++
      if (found[0]!.kind !== 'compression') continue
      // Then and only then does it decode to the very same content.
      harmless++
      expect(coding, where).not.toBe('identity')
      expect(decodeBody(coding, body, 1e7)?.equals(expected.answer.content), where).toBe(true)
    }
  }
  await context.annotate(`${changes} changes, ${harmless} of them in the compression alone; seed ${seed}`)
})

test('C15 a byte more, a byte less, and every truncation of a small file are found', () => {
  for (const { path, coding, expected, served } of everyAnswer()) {
    const { body } = served
    const cuts =
      body.length <= 600 ? Array.from({ length: body.length }, (_, at) => at) : [0, 1, body.length - 1]
    const others = [
      ...cuts.map((at) => body.subarray(0, at)),
      Buffer.concat([body, Buffer.from([0])]),
      Buffer.concat([body, Buffer.from(' ')]),
      Buffer.concat([Buffer.from('\n'), body]),
      Buffer.concat([body, body]),
    ]
    for (const other of others) {
      const [found] = compareAnswer(expected, { ...served, body: other })
      expect(['content', 'coding'], `${path} ${coding} ${other.length}`).toContain(found?.kind)
    }
  }
})

test('C15 what one decoder reads otherwise than another is not taken for a compression', () => {
  const content = Buffer.from('"use strict";alert(1)')
  const packed = gzipSync(content)
  expect(decodeBody('gzip', packed, 1000)).toEqual(content)
  const second = Buffer.concat([gzipSync(content.subarray(0, 13)), gzipSync(content.subarray(13))])
  const named = Buffer.from(packed)
  named[3] = 8 // a name follows
  const timed = Buffer.from(packed)
  timed[4] = 1
  for (const body of [second, named, timed, Buffer.concat([packed, Buffer.alloc(8)]), packed.subarray(0, -1)])
    expect(decodeBody('gzip', body, 1000)).toBeUndefined()
  expect(decodeBody('gzip', gzipSync(Buffer.alloc(1_000_000)), 1000)).toBeUndefined()
  for (const coding of ['deflate', 'zstd', 'gzip, gzip', 'identity', '', '__proto__'])
    expect(decodeBody(coding, packed, 1000)).toBeUndefined()
})

test('C15 every header that is missing, doubled, changed by a character, or not expected, is found', () => {
  for (const path of ['/', '/service-worker.js', web.paths.find((each) => each.endsWith('.css'))!]) {
    const { expected, served } = honest(path, 'br')
    const looked = Object.keys(expected.headers.required).filter(
      (name) => !/^content-(length|encoding)$/.test(name),
    )
    expect(looked).toContain('strict-transport-security')
    expect(looked).toContain('content-security-policy')
    for (const name of looked) {
      const value = expected.headers.required[name]!
      const others = [
        undefined,
        [value, value],
        [`${value} `],
        [''],
        [value.replace(/.$/, '')],
        [value.toUpperCase() + 1],
      ]
      for (const other of others) {
        const headers = new Map(served.headers)
        if (other) headers.set(name, other)
        else headers.delete(name)
        const found = compareAnswer(expected, { ...served, headers })
        expect(found, `${name}: ${other}`).toEqual([expect.objectContaining({ kind: 'header', name })])
      }
    }
    const extras = {
      link: '</x.css>; rel=stylesheet',
      refresh: '0; url=https://evil.example',
      'clear-site-data': '"storage"',
      'service-worker-allowed': '/',
      'set-cookie': 'a=b',
      'access-control-allow-origin': '*',
      'alt-svc': 'h3="evil.example:443"; ma=86400',
      sourcemap: '/x.map',
      location: '/x',
      __proto__x: '1',
    }
    for (const [name, value] of Object.entries(extras)) {
      const headers = new Map(served.headers).set(name, [value])
      expect(compareAnswer(expected, { ...served, headers })).toEqual([{ kind: 'header', name, got: value }])
    }
  }
})

test('C6 what carriers add, and HTTP/3 on the same host, is no difference', () => {
  const { expected, served } = honest('/', 'gzip')
  const headers = new Map(served.headers)
  for (const [name, value] of Object.entries({
    date: 'Sun, 22 Nov 2026 11:00:00 GMT',
    server: 'nginx',
    via: '1.1 Caddy',
    connection: 'keep-alive',
    'alt-svc': 'h3=":443"; ma=2592000',
  }))
    headers.set(name, [value])
  expect(compareAnswer(expected, { ...served, headers })).toEqual([])
})

test('C6 a server that only the profile trusts may leave the promise of HTTPS out, and give no other', () => {
  const { expected, served } = honest('/', 'gzip', false)
  expect(compareAnswer(expected, served)).toEqual([])
  const promising = (value: string) => new Map(served.headers).set('strict-transport-security', [value])
  const right = expected.headers.optional['strict-transport-security']!
  expect(compareAnswer(expected, { ...served, headers: promising(right) })).toEqual([])
  expect(compareAnswer(expected, { ...served, headers: promising('max-age=0') })).toHaveLength(1)
})

test('C15 what a changed page would load besides is named, and not followed', () => {
  const { expected, served } = honest('/', 'identity')
  const more =
    '<script src="/assets/extra-12345678.js"></script><img src="https://evil.example/x"><a href="/evil/main.js">'
  const body = Buffer.concat([served.body, Buffer.from(more)])
  const found = compareAnswer(expected, { ...served, body })
  expect(found.map((each) => (each.kind === 'unlisted' ? each.file : each.kind))).toEqual([
    'content',
    '/assets/extra-12345678.js',
    '/evil/main.js',
    'https://evil.example/x',
  ])
})

test('C13 a hostile file is looked through in steps that grow with its length alone', () => {
  for (const text of ['"/', '"a.', '("https://', `"${'a/'.repeat(100)}`, '"a.js']) {
    const hostile = Buffer.from(text.repeat(4_000_000 / text.length))
    const begun = performance.now()
    expect(unlistedFiles(hostile, Buffer.alloc(0), []).length).toBeLessThanOrEqual(10)
    // A square of the length would be hours; some tenths of a second are usual.
    expect(performance.now() - begun).toBeLessThan(60_000)
  }
})
