/**
 * A certificate from an authority that speaks ACME: Debian's pebble, which proves the name for real, on the server's own port,
 * and makes certificates that live for less than a minute. All of it on loopback.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { Agent, get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { issueCertificate, newAuthority } from '@veche/service-kit/local-authority'
import { freePort, ServerProcess } from '@veche/testkit'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, expect, test } from 'vitest'

const HOST = 'veche.example'
const PATIENCE = { timeout: 240_000, interval: 500 }
/** Of a certificate. A third of it is left when it is renewed. */
const LIFE_SECONDS = 60

function missing(): readonly string[] {
  const there = ['pebble', 'pebble-challtestsrv'].every(
    (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0,
  )
  return there ? [] : ['pebble']
}

whereInstalled('M2 a certificate by ACME', missing, tellStory)

function tellStory(): void {
  let folder: string
  let ports: Record<'server' | 'directory' | 'management' | 'dns' | 'http', number>
  let trust: string
  let server: ServerProcess
  const programs: ChildProcess[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'veche-'))
    const [one, two, three, four, five] = await Promise.all(Array.from({ length: 5 }, () => freePort()))
    ports = { server: one!, directory: two!, management: three!, dns: four!, http: five! }
    await writeAuthority()
  })
  afterAll(async () => {
    await server?.stop()
    await stopPebble()
    await rm(folder, { recursive: true, force: true })
  })

  /** Whom the server asks by https has a certificate, too: of an authority made here. */
  async function writeAuthority(): Promise<void> {
    const authority = newAuthority('Authority of a test', ['localhost'], Date.now())
    const { cert, key } = issueCertificate(authority, ['localhost', '127.0.0.1'], Date.now())
    trust = authority.cert
    const config = {
      pebble: {
        listenAddress: `127.0.0.1:${ports.directory}`,
        managementListenAddress: `127.0.0.1:${ports.management}`,
        certificate: join(folder, 'cert.pem'),
        privateKey: join(folder, 'key.pem'),
        httpPort: ports.http,
        tlsPort: ports.server,
        ocspResponderURL: '',
        externalAccountBindingRequired: false,
        certificateValidityPeriod: LIFE_SECONDS,
      },
    }
    await Promise.all([
      writeFile(join(folder, 'cert.pem'), cert),
      writeFile(join(folder, 'key.pem'), key),
      writeFile(join(folder, 'trust.pem'), trust),
      writeFile(join(folder, 'pebble.json'), JSON.stringify(config)),
    ])
  }

  async function startPebble(): Promise<void> {
    const dns = `127.0.0.1:${ports.dns}`
    const names = ['-dns01', dns, '-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv6', '']
    const run = (program: string, args: readonly string[]) => {
      const env = { ...process.env, PEBBLE_VA_NOSLEEP: '1' }
      programs.push(spawn(program, args, { env, stdio: 'ignore' }))
    }
    run('pebble-challtestsrv', [...names, '-management', ''])
    run('pebble', ['-config', join(folder, 'pebble.json'), '-dnsserver', dns])
    await expect.poll(() => ask('/roots/0').catch(() => ''), PATIENCE).toContain('CERTIFICATE')
  }

  async function stopPebble(): Promise<void> {
    for (const program of programs.splice(0)) {
      program.kill()
      if (program.exitCode === null && program.signalCode === null) await once(program, 'exit')
    }
  }

  const start = () =>
    ServerProcess.start({
      data: join(folder, 'data'),
      port: ports.server,
      env: {
        VECHE_LISTEN: '127.0.0.1',
        VECHE_TLS: 'acme',
        VECHE_URL: `https://${HOST}`,
        VECHE_ACME_DIRECTORY: `https://127.0.0.1:${ports.directory}/dir`,
        NODE_EXTRA_CA_CERTS: join(folder, 'trust.pem'),
      },
    })

  /** What the authority tells whoever manages it. */
  function ask(path: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const options = { agent: new Agent({ ca: trust }) }
    const request = get(`https://127.0.0.1:${ports.management}${path}`, options, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve(text))
    })
    request.on('error', reject)
    return promise
  }

  /** Of the certificate that the server shows to a device which trusts the authority; undefined where that refuses it. */
  function serialShown(ca: string): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    const socket: TLSSocket = connect({ host: '127.0.0.1', port: ports.server, servername: HOST, ca })
    socket.once('error', () => resolve(undefined))
    socket.once('secureConnect', () => {
      resolve(socket.getPeerX509Certificate()!.serialNumber)
      socket.destroy()
    })
    return promise
  }

  test('while the authority is away the server runs, says so, and goes on asking', async () => {
    server = await start()
    await expect.poll(() => server.output, PATIENCE).toContain('"event":"acme_failed"')
    expect(server.output).toMatch(/"step":"(account|order)"/)
    expect(await serialShown(trust)).toBeUndefined()
    await server.stop()
  })

  test('M2 the name is proved on the one port, and a certificate comes into force and is renewed by itself', async () => {
    await startPebble()
    server = await start()
    const root = await ask('/roots/0')
    await expect.poll(() => serialShown(root), PATIENCE).toBeDefined()
    const first = await serialShown(root)
    await expect.poll(async () => [undefined, first].includes(await serialShown(root)), PATIENCE).toBe(false)
    expect(server.output.match(/acme_certificate_obtained/g)!.length).toBeGreaterThan(1)
    const file = join(folder, 'data', 'keys', 'acme.json')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(server.output).not.toContain('PRIVATE')
  })

  test('with the authority away again the stored certificate serves from the start', async () => {
    const root = await ask('/roots/0')
    await server.stop()
    await stopPebble()
    const file = join(folder, 'data', 'keys', 'acme.json')
    const { certificate } = JSON.parse(await readFile(file, 'utf8'))
    server = await start()
    expect(root).toContain('CERTIFICATE')
    const stored = new X509Certificate(certificate.cert).serialNumber
    const shown = await new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port: ports.server, servername: HOST, rejectUnauthorized: false }
      const socket: TLSSocket = connect(options, () => {
        resolve(socket.getPeerX509Certificate()!.serialNumber)
        socket.destroy()
      })
      socket.once('error', reject)
    })
    expect(shown).toBe(stored)
  })
}
