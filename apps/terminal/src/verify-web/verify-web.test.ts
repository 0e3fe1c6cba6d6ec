import { setTimeout as sleep } from 'node:timers/promises'
import { WebApp } from '@veche/app-server'
import { randomFrom, seedFromEnvironment } from '@veche/testkit'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { HostileWebServer, type Incoming, type Outgoing, type Tamper } from '../testing/hostile-web-server.ts'
import { type VerifyLimits, verifyWeb, WebCheck } from './verify-web.ts'
import { visitors } from './visitors.ts'

let web: WebApp
let server: HostileWebServer
beforeAll(async () => {
  web = (await WebApp.read())!
})
beforeEach(async () => {
  server = await HostileWebServer.open(web)
})
afterEach(() => server[Symbol.asyncDispose]())

/** A busy machine is no slow server. */
const PATIENT: VerifyLimits = { answerTimeoutMs: 250_000, timeoutMs: 250_000 }

async function verify(tamper: Tamper = () => {}, limits: Partial<VerifyLimits> = {}) {
  server.tamper = tamper
  const { signal } = new AbortController()
  return verifyWeb(web, server.url, { signal, limits: { ...PATIENT, ...limits } })
}

/** What is found where, each once. */
async function foundBy(tamper: Tamper, limits: Partial<VerifyLimits> = {}): Promise<string[]> {
  const { findings } = await verify(tamper, limits)
  return [...new Set(findings.map(({ path, difference }) => `${path} ${difference.kind}`))]
}

const alter = (outgoing: Outgoing) => {
  outgoing.body = Buffer.from(outgoing.body)
  outgoing.body[outgoing.body.length >> 1]! ^= 1
}
const isPage = ({ path, answer }: Incoming) => path === '/' && answer.status === 200

test('C15 an honest server serves the same, to every visitor, in every coding, over several connections', async () => {
  const { findings, answers } = await verify()
  expect(findings).toEqual([])
  expect(server.asked).toHaveLength(answers)
  for (const path of web.paths) {
    const asked = server.asked.filter((each) => each.path === path)
    const distinct = (name: string) => new Set(asked.map(({ headers }) => headers[name]))
    expect(distinct('user-agent').size, path).toBe(visitors.length)
    expect(distinct('accept-language').size).toBeGreaterThan(4)
    const codings = [...distinct('accept-encoding')].map(String)
    expect(codings.some((coding) => /\bbr\b/.test(coding))).toBe(true)
    expect(codings.some((coding) => /gzip/.test(coding) && !/\bbr\b/.test(coding))).toBe(true)
    expect(codings).toContain('undefined')
    for (const name of ['cookie', 'range', 'if-none-match']) expect(distinct(name).size).toBeGreaterThan(1)
    expect(asked.some(({ answer }) => answer.status === 304)).toBe(true)
  }
  const pages = server.asked.filter(({ path }) => path === '/')
  expect(pages.some(({ headers }) => headers['sec-fetch-mode'] === 'navigate')).toBe(true)
})

test.each<[string, (incoming: Incoming) => boolean]>([
  ['one browser', ({ headers }) => /Firefox/.test(headers['user-agent'] ?? '')],
  ['one language', ({ headers }) => /^ru\b/.test(headers['accept-language'] ?? '')],
  ['no program', ({ headers }) => headers['sec-fetch-mode'] !== undefined],
  ['who was here before', ({ headers }) => headers.cookie !== undefined],
  ['who has an old page', ({ headers }) => headers['if-none-match'] === 'W/"0"'],
  [
    'who follows a link with parameters',
    ({ headers }) => headers.range === undefined && headers.dnt === undefined,
  ],
  ['every third', ({ number }) => number % 3 === 0],
])('C15 a server that serves something else to %s is found out', async (_whom, isChosen) => {
  const found = await foundBy((outgoing, incoming) => {
    if (isPage(incoming) && isChosen(incoming)) alter(outgoing)
  })
  expect(
    found.some((each) => /^\/ (content|coding)$/.test(each)),
    String(found),
  ).toBe(true)
})

test('C15 every file is looked at: whichever alone is changed, it alone is named', async () => {
  for (const path of ['/release.json', '/service-worker.js', '/ru.webmanifest', ...web.paths.slice(-2)]) {
    const found = await foundBy((outgoing, incoming) => {
      if (incoming.path === path && incoming.answer.status === 200) alter(outgoing)
    })
    expect(new Set(found.map((each) => each.split(' ')[0]))).toEqual(new Set([path]))
  }
})

test('C15 every single byte of the small files is looked at over the wire, too', async (context) => {
  const seed = seedFromEnvironment()
  const random = randomFrom(seed)
  let at = 0
  server.tamper = (outgoing) => {
    outgoing.body = Buffer.from(outgoing.body)
    outgoing.body[at]! ^= 1 + Math.floor(random() * 255)
  }
  const reached = { trust: {}, isPublic: false, isHttp2: false }
  let changes = 0
  for (const path of ['/service-worker.js', '/en.webmanifest']) {
    for (const coding of ['', 'gzip', 'br']) {
      const headers = coding === '' ? {} : { 'accept-encoding': coding }
      const { body } = web.answerTo({ url: path, method: 'GET', headers })!
      for (at = 0; at < body.length; at++) {
        const check = new WebCheck(web, server.url, reached, PATIENT)
        const visit = { path, url: path, headers, visitor: 'somebody' }
        await check.make({ protocol: 'HTTP/1.1', visits: [visit] }, new AbortController().signal)
        expect(check.findings.length, `${path} ${coding} byte ${at}, seed ${seed}`).toBeGreaterThan(0)
        changes++
      }
    }
  }
  await context.annotate(`${changes} changes over the wire, seed ${seed}`)
})

const withHeader =
  (name: string, value: string): Tamper =>
  ({ headers }) => {
    headers[name] = value
  }
const withBody =
  (make: (body: Buffer) => Buffer): Tamper =>
  (outgoing) => {
    outgoing.body = make(outgoing.body)
  }
const withStream =
  (stream: NonNullable<Outgoing['stream']>): Tamper =>
  (outgoing) => {
    outgoing.stream = stream
  }
const withPolicy =
  (change: (policy: string) => string | string[]): Tamper =>
  ({ headers }) => {
    headers['content-security-policy'] = change(String(headers['content-security-policy']))
  }

test.each<[string, Tamper, RegExp]>([
  ['a redirect', (outgoing) => Object.assign(outgoing, { status: 302 }), /^\/ status$/],
  ['an error', (outgoing) => Object.assign(outgoing, { status: 503 }), /^\/ status$/],
  ['a truncated page', withBody((body) => body.subarray(0, -5)), /^\/ (content|coding)$/],
  ['added bytes', withBody((body) => Buffer.concat([body, Buffer.from('<x>')])), /^\/ (content|coding)$/],
  ['a coding that is not', withHeader('content-encoding', 'gzip'), /^\/ coding$/],
  ['a coding that nobody asked for', withHeader('content-encoding', 'compress'), /^\/ coding$/],
  ['another policy', withPolicy((policy) => `${policy} 'unsafe-inline'`), /^\/ header$/],
  ['no Trusted Types', withPolicy((policy) => policy.replace(/;[^;]*;[^;]*$/, '')), /^\/ header$/],
  ['two policies', withPolicy((policy) => [policy, 'default-src *']), /^\/ header$/],
  ['another type', withHeader('content-type', 'text/plain'), /^\/ header$/],
  ['a cache that keeps the page', withHeader('cache-control', 'public, max-age=31536000'), /^\/ header$/],
  ['a style sheet by header', withHeader('link', '</x.css>; rel=stylesheet'), /^\/ header$/],
  ['another address by header', withHeader('refresh', '0; url=https://evil.example/'), /^\/ header$/],
  [
    'hints before the answer',
    (outgoing) => Object.assign(outgoing, { hints: { link: '</x.js>; rel=preload; as=script' } }),
    /^\/ hints$/,
  ],
])('C15 %s is found', async (_what, change, pattern) => {
  const found = await foundBy((outgoing, incoming) => {
    if (isPage(incoming)) change(outgoing, incoming)
  })
  expect(found.length).toBeGreaterThan(0)
  for (const each of found) expect(each).toMatch(pattern)
})

test('C15 a body without end, and one that comes drop by drop, are left after a while', async () => {
  const onlyFirefox =
    (tamper: Tamper): Tamper =>
    (outgoing, incoming) => {
      if (isPage(incoming) && /Firefox/.test(incoming.headers['user-agent'] ?? '')) tamper(outgoing, incoming)
    }
  const endless = withStream((response) => {
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(64 * 1024))) {}
    }
    response.on('drain', pour)
    pour()
  })
  const whys = async (tamper: Tamper, limits: Partial<VerifyLimits> = {}) => {
    const { findings } = await verify(onlyFirefox(tamper), limits)
    return findings.map(({ path, difference }) => [path, difference])
  }
  expect(await whys(endless)).toEqual([['/', { kind: 'silence', why: 'too_long' }]])
  const slow = withStream(async (response) => {
    for (; !response.destroyed; await sleep(100)) response.write('<')
  })
  const found = await whys(slow, { answerTimeoutMs: 3_000 })
  expect(found).toContainEqual(['/', { kind: 'silence', why: 'too_slow' }])
})

test('C15 a server that breaks off every connection is heard out to the end, and named', async () => {
  const breakOff = withStream((response) => response.destroy())
  const { findings } = await verify((outgoing, incoming) => {
    if (incoming.path === '/release.json') breakOff(outgoing, incoming)
  })
  expect(findings.map(({ path, difference }) => ({ path, difference }))).toEqual([
    { path: '/release.json', difference: { kind: 'silence', why: 'broken' } },
  ])
})

test('all of it ends in time, whatever a server does', async () => {
  const { findings, answers } = await verify(
    withStream(() => {}),
    { timeoutMs: 300 },
  )
  expect(findings.every(({ difference }) => difference.kind === 'silence')).toBe(true)
  expect(findings.reduce((sum, { answers }) => sum + answers, 0)).toBe(answers)
})

test('an interruption ends it', async () => {
  const interruption = new AbortController()
  server.tamper = () => interruption.abort()
  await verifyWeb(web, server.url, { signal: interruption.signal })
  expect(server.asked.length).toBeLessThan(20)
})
