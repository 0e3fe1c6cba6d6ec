/**
 * The README's programs, run as they stand. Express and Fastify are outside parties here, played by their documented shapes:
 * two packages of more than a hundred others for two routes would be too many.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { verifyToken } from '../../../services/nichatka/src/token/token.ts'

const README = 'integrations/node/README.md'
const secret = Buffer.alloc(32, 7)

const express = `
import { createServer } from 'node:http'
export default function express() {
  const routes = new Map()
  const server = createServer((request, response) => {
    response.send = (text) => response.setHeader('Content-Type', 'text/html; charset=utf-8').end(text)
    routes.get(request.url)(request, response, () => response.writeHead(500).end())
  })
  return { get: (path, handler) => routes.set(path, handler), listen: (port) => server.listen(port, '127.0.0.1') }
}`

const fastify = `
import { createServer } from 'node:http'
export default function Fastify() {
  const routes = new Map()
  const server = createServer(async (raw, response) => {
    const reply = { raw: response, code, headers, send }
    function code(status) { response.statusCode = status; return reply }
    function headers(all) { for (const [name, value] of Object.entries(all)) response.setHeader(name, value); return reply }
    function send(body) { response.end(body); return reply }
    await routes.get(raw.url)({ raw, method: raw.method, headers: raw.headers }, reply)
  })
  const get = (path, handler) => routes.set(path, handler)
  return { get, listen: ({ port }) => new Promise((done) => server.listen(port, '127.0.0.1', done)) }
}`

const session = `
export const userOf = ({ headers }) => /who=(\\w+)/.exec(headers.cookie ?? '')?.[1]
export const allUsers = () => ['vera', 'борис']`

let folder: string
let service: Server
let named: string[][]
let child: ChildProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nichatka-host-'))
  for (const [name, text] of Object.entries({ express, fastify })) {
    await mkdir(join(folder, 'node_modules', name), { recursive: true })
    await writeFile(join(folder, 'node_modules', name, 'package.json'), '{"type":"module","main":"index.js"}')
    await writeFile(join(folder, 'node_modules', name, 'index.js'), text)
  }
  await mkdir(join(folder, 'node_modules/@veche'))
  await symlink(resolve('integrations/node'), join(folder, 'node_modules/@veche/nichatka-host'))
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await writeFile(join(folder, 'session.js'), session)
  named = []
  service = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    named.push(new URLSearchParams(body).getAll('nickname'))
    response.end()
  })
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
})
afterEach(() => child?.kill())
afterAll(async () => {
  service.close()
  await rm(folder, { recursive: true, force: true })
})

test('both languages have the same programs', async () => {
  expect(programsIn(await readFile('integrations/node/README.ru.md', 'utf8'))).toEqual(
    programsIn(await readFile(README, 'utf8')),
  )
})

test('N14 the Express program gives a bell to who is signed in, and its next token', async () => {
  const url = await start('express')
  const page = await (await fetch(url, { headers: { cookie: 'who=vera' } })).text()
  const [, first] = /<nichatka-bell user="vera" token="([^"]+)" src="https:/.exec(page) ?? []
  expect(page).toContain('<script src="https://messages.example/nichatka/nichatka.js" defer')
  expect(subjectOf(first!)).toBe('vera')
  expect(await (await fetch(url)).text()).not.toContain('nichatka-bell')
  await expectTokens(url)
})

test('N14 the Fastify program gives tokens, and names the users', async () => {
  const url = await start('fastify')
  await expectTokens(url)
  while (named.length === 0) await sleep(20)
  expect(named).toEqual([['vera', 'борис']])
})

async function expectTokens(url: string): Promise<void> {
  const response = await fetch(`${url}/nichatka/token`, { headers: { cookie: 'who=vera' } })
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(subjectOf(await response.text())).toBe('vera')
  const nobody = await fetch(`${url}/nichatka/token`, { redirect: 'manual' })
  expect([nobody.status, nobody.headers.get('cache-control')]).toEqual([401, 'no-store'])
}

function subjectOf(token: string): string {
  const verified = verifyToken(token, (name) =>
    name === 'tasks' ? { key: { kind: 'hmac-sha256', secret } } : undefined,
  )
  return verified.kind === 'verified' ? verified.claims.sub : verified.kind
}

async function start(kind: string): Promise<string> {
  await writeFile(join(folder, `${kind}.js`), programsIn(await readFile(README, 'utf8')).get(kind)!)
  const port = await freePort()
  child = spawn(process.execPath, [`${kind}.js`], {
    cwd: folder,
    env: {
      ...process.env,
      PORT: String(port),
      NICHATKA_KEY: `hmac-sha256:${secret.toString('base64url')}`,
      NICHATKA_URL: `http://127.0.0.1:${(service.address() as AddressInfo).port}/nichatka/`,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let errors = ''
  child.stderr!.on('data', (chunk: Buffer) => (errors += chunk))
  const url = `http://127.0.0.1:${port}`
  while (!(await isThere(`${url}/nichatka/token`))) {
    if (child.exitCode !== null) throw new Error(errors)
    await sleep(20)
  }
  return url
}

async function isThere(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false, // not yet
  )
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

function programsIn(markdown: string): ReadonlyMap<string, string> {
  return new Map(
    [...markdown.matchAll(/^```js (\w+)\n(.*?)^```$/gms)].map(([, kind, text]) => [kind!, text!]),
  )
}
