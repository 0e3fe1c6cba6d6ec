/**
 * A local network without any way out: two network namespaces with a cable between them. The server is in one, with
 * VECHE_TLS=lan; devices in the other find it, come to trust it and talk through it. Nothing but that cable is there.
 */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VECHE, veche, vecheOk } from '@veche/testkit'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

const [home, device] = [`veche-h-${process.pid}`, `veche-d-${process.pid}`]
const serverAddress = '10.213.7.1'
const port = 8480
const url = `https://${serverAddress}:${port}`
const PATIENCE = { timeout: 120_000 }

/** Namespaces are root's to make, and not everywhere. */
function missing(): readonly string[] {
  const probe = `${device}-probe`
  const made = spawnSync('ip', ['netns', 'add', probe]).status === 0
  if (made) execFileSync('ip', ['netns', 'delete', probe])
  const curl = spawnSync('curl', ['--version']).status === 0
  return [...(made ? [] : ['iproute2, as root with network namespaces']), ...(curl ? [] : ['curl'])]
}

whereInstalled('M2 M6 a local network without the internet', missing, tellStory)

function tellStory(): void {
  let folder: string
  let server: ChildProcess
  let output = ''
  const inDevice = { prefix: ['ip', 'netns', 'exec', device] }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'veche-'))
    layCable()
    const env = { ...process.env, LANG: 'C.UTF-8', VECHE_TLS: 'lan', VECHE_DATA: join(folder, 'data') }
    const args = ['netns', 'exec', home, process.execPath, VECHE, 'serve']
    server = spawn('ip', args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    server.stdout!.on('data', (chunk: Buffer) => (output += chunk))
    server.stderr!.on('data', (chunk: Buffer) => (output += chunk))
    await vi.waitFor(() => expect(output).toContain('Ctrl+C stops it.'), { ...PATIENCE, interval: 100 })
  })
  afterAll(async () => {
    const ended = once(server, 'exit')
    process.kill(-server.pid!, 'SIGTERM')
    await ended
    for (const name of [home, device]) spawnSync('ip', ['netns', 'delete', name])
    await rm(folder, { recursive: true, force: true })
  })

  const curl = (...args: readonly string[]) =>
    spawnSync('ip', ['netns', 'exec', device, 'curl', '-sS', '-m', '60', ...args], { encoding: 'utf8' })
  const linkIn = (text: string) => /https:\S+#code=\S+/.exec(text)![0]
  const fingerprint = () => /authority=([0-9a-f]{64})/.exec(output)![1]!

  test('M2 the network has no way out, and the server says where it is', () => {
    const routes = execFileSync('ip', ['-n', home, 'route'], { encoding: 'utf8' })
    expect(routes).not.toContain('default')
    expect(output).toContain(`http://${serverAddress}:${port}/trust`)
    expect(output).toContain(url)
    expect(output.replaceAll(/\s/g, '').toLowerCase()).toContain(fingerprint())
  })

  test('M2 a device finds veche.local, loads the authority without trust, and with it connects', async () => {
    const found = spawnSync('ip', ['netns', 'exec', device, process.execPath, '-e', askForName], {
      encoding: 'utf8',
      cwd: import.meta.dirname,
    })
    expect(found.stdout.trim()).toBe(serverAddress)
    const page = curl(`http://${serverAddress}:${port}/`)
    expect(page.stdout).toContain('Trusting this Veche server')
    const authority = join(folder, 'authority.crt')
    expect(curl('-o', authority, `http://${serverAddress}:${port}/authority.crt`).status).toBe(0)
    const byName = [`https://veche.local:${port}/health`, '--resolve', `veche.local:${port}:${serverAddress}`]
    for (const args of [[`${url}/health`], byName]) {
      expect(curl('--cacert', authority, ...args).stdout).toBe('ok\n')
      expect(curl(...args).status).not.toBe(0)
    }
  })

  test('M6 no call is answered in plain text, by HTTP/1.1 or HTTP/2', () => {
    const call = ['-d', '{}', '-H', 'content-type: application/json', '-w', '%{http_code}']
    const method = `http://${serverAddress}:${port}/veche.accounts.v1.AccountsService/GetServer`
    expect(curl(...call, method).stdout).toBe('426')
    expect(curl(...call, '--http2-prior-knowledge', method).stdout).not.toContain('identityKey')
  })

  test('M2 who has a link comes in by it: it carries what is to be trusted; then they write to each other', async () => {
    const [ann, bob] = [join(folder, 'ann'), join(folder, 'bob')]
    const register = async (profile: string, handle: string, link: string) => {
      const password = join(folder, `${handle}.password`)
      await writeFile(password, `olive harbour lantern ${handle}\n`)
      const who = ['--handle', handle, '--name', handle, '--password-file', password]
      const address = link.replace(/^https:\/\/[^/]+/, url)
      return vecheOk(profile, ['register', '--invite', address, ...who], '', inDevice)
    }
    await register(ann, 'ann', linkIn(output))
    const made = await vecheOk(ann, ['admin', 'invite', 'create'], '', inDevice)
    expect(made.link).toMatch(new RegExp(`&authority=${fingerprint()}$`))
    await register(bob, 'bob', String(made.link))
    await vecheOk(bob, ['request', '@ann'], '', inDevice)
    await vecheOk(ann, ['requests', 'allow', '@bob'], '', inDevice)
    await expect
      .poll(
        async () => (await veche(bob, ['send', '@ann', 'I found the server'], '', inDevice)).code,
        PATIENCE,
      )
      .toBe(0)
    await expect
      .poll(async () => {
        await veche(ann, ['listen', '--count', '1', '--timeout', '5'], '', inDevice)
        return (await veche(ann, ['history', '@bob'], '', inDevice)).stdout
      }, PATIENCE)
      .toContain('I found the server')
  })

  test('M6 without a link the fingerprint is compared; another one, or none, and nothing is sent', async () => {
    const profile = join(folder, 'eve')
    const login = [
      'login',
      '--server',
      url,
      '--handle',
      'ann',
      '--password-file',
      join(folder, 'ann.password'),
    ]
    const before = await veche(profile, login, '', inDevice)
    expect(before.stdout + before.stderr).toContain('server_untrusted')
    const wrong = await veche(profile, ['trust', url, '--fingerprint', 'ab'.repeat(32)], '', inDevice)
    expect(wrong.stdout + wrong.stderr).toContain('authority_differs')
    const strange = linkIn(output)
      .replace(fingerprint(), 'ab'.repeat(32))
      .replace(/^https:\/\/[^/]+/, url)
    const who = ['--handle', 'eve', '--password-file', join(folder, 'ann.password')]
    const refused = await veche(profile, ['register', '--invite', strange, ...who], '', inDevice)
    expect(refused.stdout + refused.stderr).toContain('authority_differs')
    expect((await veche(profile, login, '', inDevice)).code).not.toBe(0)
    const shown = fingerprint()
      .toUpperCase()
      .replace(/.{4}(?=.)/g, '$& ')
    await vecheOk(profile, ['trust', url, '--fingerprint', shown], '', inDevice)
    await vecheOk(profile, login, '', inDevice)
    expect(await readFile(join(profile, 'authority.pem'), 'utf8')).toContain('BEGIN CERTIFICATE')
  })
}

/** Two namespaces, each with its end of a cable and its own loopback. */
function layCable(): void {
  const ip = (...args: readonly string[]) => execFileSync('ip', args)
  for (const name of [home, device]) ip('netns', 'add', name)
  ip('link', 'add', 'cable', 'netns', home, 'type', 'veth', 'peer', 'name', 'cable', 'netns', device)
  ip('-n', home, 'address', 'add', `${serverAddress}/24`, 'dev', 'cable')
  ip('-n', device, 'address', 'add', '10.213.7.2/24', 'dev', 'cable')
  for (const name of [home, device]) {
    for (const link of ['cable', 'lo']) ip('-n', name, 'link', 'set', link, 'up')
  }
}

/** As a phone does: asks the whole network, and prints the address of the first answer. */
const askForName = `
const { createSocket } = require('node:dgram')
const { decode, encode } = require('dns-packet')
const socket = createSocket('udp4')
socket.on('message', (message) => {
  console.log(decode(message).answers.find(({ type }) => type === 'A').data)
  process.exit()
})
socket.bind(0, () => {
  socket.setMulticastInterface('10.213.7.2')
  const question = encode({ type: 'query', questions: [{ name: 'veche.local', type: 'A' }] })
  const ask = () => socket.send(question, 5353, '224.0.0.251')
  ask()
  setInterval(ask, 500)
})
`
