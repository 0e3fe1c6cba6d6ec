/**
 * Veche behind nginx, with the very lines of docs/operating.md: Debian's nginx, as a process of this test, on loopback, with an
 * authority made here.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { connect } from 'node:tls'
import { ConnectError, createClient } from '@connectrpc/connect'
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node'
import { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Health } from '@veche/protocol/gen/grpc/health/v1/health_pb.js'
import { fingerprintOf, reasonOf, securityHeaders, strictTransport } from '@veche/service-kit'
import { issueCertificate, newAuthority } from '@veche/service-kit/local-authority'
import { freePort, ServerProcess, until, VECHE, veche, vecheOk } from '@veche/testkit'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, expect, test } from 'vitest'

const PATIENCE = { timeout: 120_000, interval: 200 }

function missing(): readonly string[] {
  return spawnSync('sh', ['-c', 'command -v nginx']).status === 0 ? [] : ['nginx-light']
}

whereInstalled('M2 M25 behind nginx', missing, tellStory)

function tellStory(): void {
  let folder: string
  let url: string
  let ca: string
  let server: ServerProcess
  let nginx: ChildProcess
  const profile = (name: string) => join(folder, name)

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'veche-nginx-'))
    const [port, inner] = [await freePort(), await freePort()]
    url = `https://localhost:${port}`
    const authority = newAuthority('Authority of a test', ['localhost'], Date.now())
    const { cert, key } = issueCertificate(authority, ['localhost'], Date.now())
    ca = authority.cert
    await writeFile(join(folder, 'fullchain.pem'), cert)
    await writeFile(join(folder, 'privkey.pem'), key)
    const env = { VECHE_BEHIND_PROXY: 'true', VECHE_URL: 'https://veche.example' }
    server = await ServerProcess.start({ data: join(folder, 'data'), port: inner, env })
    await writeFile(join(folder, 'nginx.conf'), await configuration(port, inner))
    const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')]
    nginx = spawn('nginx', args, { stdio: ['ignore', 'inherit', 'inherit'] })
    await until(() =>
      ask('/health').then(
        ({ body }) => body === 'ok\n',
        () => false,
      ),
    )
  })
  afterAll(async () => {
    if (nginx && nginx.exitCode === null) {
      nginx.kill('SIGQUIT')
      await once(nginx, 'exit')
    }
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** The example of the guide with other ports and files, and around it what Debian's own file has. */
  async function configuration(port: number, inner: number): Promise<string> {
    const guide = await readFile(new URL('../docs/operating.md', import.meta.url), 'utf8')
    const example = /```nginx\n([\s\S]*?)```/.exec(guide)![1]!
    const own = example
      .replace('listen 443 ssl http2;', `listen 127.0.0.1:${port} ssl http2;`)
      .replace('server_name veche.example;', 'server_name localhost;')
      .replaceAll('127.0.0.1:8480', `127.0.0.1:${inner}`)
      .replaceAll('/etc/ssl/veche', folder)
    expect(own).not.toMatch(/veche\.example|8480|443 /)
    const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    const places = kinds.map((kind) => `  ${kind}_temp_path ${join(folder, kind)};`)
    const user = process.getuid?.() === 0 ? ['user root;'] : []
    return [
      ...user,
      'daemon off;',
      'worker_processes 1;',
      `pid ${join(folder, 'nginx.pid')};`,
      'events { worker_connections 512; }',
      'http {',
      ...places,
      own,
      '}',
    ].join('\n')
  }

  interface Answer {
    readonly status: number | undefined
    readonly rawHeaders: readonly string[]
    readonly body: string
  }

  async function ask(
    path: string,
    options: RequestOptions = {},
    body: Buffer | string = '',
  ): Promise<Answer> {
    const asked = request(`${url}${path}`, { ca, ...options })
    asked.on('error', () => {}) // what is too long is refused while it comes
    asked.end(body)
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    return { status: response.statusCode, rawHeaders: response.rawHeaders, body: await text(response) }
  }

  test('HTTP/2 is offered to clients', async () => {
    const socket = connect({
      host: 'localhost',
      port: Number(new URL(url).port),
      ca,
      ALPNProtocols: ['h2', 'http/1.1'],
    })
    await once(socket, 'secureConnect')
    expect(socket.alpnProtocol).toBe('h2')
    socket.destroy()
  })

  test('C6 every header comes once, and HTTPS is promised', async () => {
    const page = { 'cache-control': 'no-cache' }
    const json = { method: 'POST', headers: { 'content-type': 'application/json' } }
    for (const [path, options, own] of [
      ['/', {}, page],
      ['/health', {}, {}],
      ['/none', {}, {}],
      ['/veche.accounts.v1.AccountsService/GetServer', json, {}],
      ['/veche.chats.v1.ChatsService/ListChats', json, {}],
    ] as const) {
      const { rawHeaders } = await ask(path, options, 'method' in options ? '{}' : '')
      const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
      expect(new Set(names).size, `${path}: ${names}`).toBe(names.length)
      for (const [name, value] of Object.entries({ ...securityHeaders, ...strictTransport, ...own }))
        expect(rawHeaders[2 * names.indexOf(name) + 1], `${path}: ${name}`).toBe(value)
    }
  })

  test('M25 calls and streams go through, as a browser’s page and other programs make them', async () => {
    const nodeOptions = { ca }
    const transports = [
      createConnectTransport({ baseUrl: url, httpVersion: '1.1', nodeOptions }),
      createConnectTransport({ baseUrl: url, httpVersion: '2', nodeOptions }),
      createGrpcWebTransport({ baseUrl: url, httpVersion: '1.1', nodeOptions }),
      createGrpcWebTransport({ baseUrl: url, httpVersion: '2', nodeOptions }),
      createGrpcTransport({ baseUrl: url, nodeOptions }),
    ]
    for (const transport of transports) {
      const { identityKey } = await createClient(AccountsService, transport).getServer({})
      expect(identityKey.length).toBeGreaterThan(0)
      const refused = await createClient(ChatsService, transport).listChats({}).catch(ConnectError.from)
      expect(reasonOf(refused)).toBe('token_missing')
      for await (const { status } of createClient(Health, transport).watch({})) {
        expect(status).toBe(1)
        break // the first word comes though the stream stays open
      }
    }
  })

  test('M10 M14 people register, ask, write and hear each other through it', async () => {
    const fingerprint = fingerprintOf(ca)
    const [ann, bob] = [profile('ann'), profile('bob')]
    const register = async (folderOf: string, handle: string, code: string) => {
      await writeFile(`${folderOf}.password`, `olive harbour lantern ${handle}\n`)
      await vecheOk(folderOf, ['trust', url, '--fingerprint', fingerprint])
      const who = ['--handle', handle, '--password-file', `${folderOf}.password`]
      await vecheOk(folderOf, ['register', '--server', url, '--invite', code, ...who])
    }
    await register(ann, 'ann', server.administratorCode)
    const { code } = await vecheOk(ann, ['admin', 'invite', 'create'])
    await register(bob, 'bob', String(code))
    await vecheOk(bob, ['request', '@ann'])
    await vecheOk(ann, ['requests', 'allow', '@bob'])
    await expect.poll(async () => (await veche(bob, ['send', '@ann', 'first'])).code, PATIENCE).toBe(0)
    const listening = listen(ann)
    await expect.poll(() => listening.output(), PATIENCE).toContain('first')
    await vecheOk(bob, ['send', '@ann', 'while you listen'])
    await expect.poll(() => listening.output(), PATIENCE).toContain('while you listen')
    await listening.stop()
  })

  /** The stream stays open, and what is written meanwhile comes by it. */
  function listen(folderOf: string) {
    const args = [VECHE, '--profile', folderOf, 'listen', '--json']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk))
    const stop = async () => {
      child.kill('SIGINT')
      await once(child, 'exit')
    }
    return { output: () => output, stop }
  }

  test('C9 the largest call goes through, what is larger is refused by Veche, and what is far too large by nginx', async () => {
    const call = async (bytes: number) => {
      const headers = { 'content-type': 'application/proto', 'content-length': bytes }
      const path = '/veche.chats.v1.ChatsService/Append'
      return ask(path, { method: 'POST', headers }, Buffer.alloc(bytes))
    }
    const [fitting, larger, farTooLarge] = [
      await call(2 * 1024 * 1024),
      await call(2.5 * 1024 * 1024),
      await call(4 * 1024 * 1024),
    ]
    expect(fitting.status).toBe(401)
    expect(JSON.parse(larger.body).code).toMatch(/^(unauthenticated|resource_exhausted)$/)
    expect(farTooLarge.status).toBe(413)
  })

  test('C15 the web app comes through as this program makes it, in every coding', async () => {
    const { code, lines, stderr } = await veche(profile('ann'), ['verify-web', url])
    expect(lines, stderr).toEqual([expect.objectContaining({ same: true })])
    expect(code).toBe(0)
  })

  test('F1 when Veche has gone and come back, so has everything', async () => {
    const session = connectHttp2(url, { ca })
    session.on('error', () => {})
    await once(session, 'connect')
    await server.stop()
    expect((await ask('/health')).status).toBe(502)
    const { port } = new URL(server.url)
    const env = { VECHE_BEHIND_PROXY: 'true', VECHE_URL: 'https://veche.example' }
    server = await ServerProcess.start({ data: join(folder, 'data'), port: Number(port), env })
    await expect.poll(async () => (await ask('/health')).status, PATIENCE).toBe(200)
    session.destroy()
  })
}
