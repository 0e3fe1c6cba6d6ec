/**
 * The page for people who write clients (docs/api.md): every block of it is run against a real server, over loopback, in
 * the order in which they stand. The Python ones need what Debian has as packages; where that is not installed, the
 * test says so by name.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AccountId, DeviceId } from '@veche/protocol'
import { freePort, ServerProcess } from '@veche/testkit'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Device, Registrar } from '../bench/device.ts'

const PAGE = 'docs/api.md'
const RUSSIAN_PAGE = 'docs/api.ru.md'
/** Debian's own Python before any other: that is the one with its packages. */
const PATH = `/usr/bin:${process.env.PATH ?? ''}`

interface Block {
  readonly kind: string
  readonly text: string
}

let folder: string
let server: ServerProcess
let device: Device
let blocks: readonly Block[]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  await symlink(resolve('proto'), join(folder, 'proto'))
  const env = { VECHE_REGISTRATION: 'open' }
  server = await ServerProcess.start({ data: join(folder, 'data'), port: await freePort(), env })
  using registrar = new Registrar(server.url)
  device = await registrar.register()
  blocks = blocksOf(await readFile(PAGE, 'utf8'))
})
afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

test('both languages have the same blocks', async () => {
  expect(blocks.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['sh', 'sh debian', 'sh python', 'python']),
  )
  expect(blocksOf(await readFile(RUSSIAN_PAGE, 'utf8'))).toEqual(blocks)
})

test('M25 what the page does with curl works', async () => {
  const output = await run('bash', ['-e', '-u', '-o', 'pipefail'], script('sh'))
  expect(output).toMatch(/^ok\n/)
  expect(output.match(/"identityKey":"[A-Za-z0-9+/]{43}="/g)).toHaveLength(2)
})

whereInstalled(`M25 the Python blocks of ${PAGE}`, missingForPython, () => {
  test('M25 what the page does with a stock gRPC client in Python works', async () => {
    await run('bash', ['-e', '-u', '-o', 'pipefail'], script('sh python'))
    await writeFile(join(folder, 'example.py'), script('python'))
    const output = await run('python3', ['example.py'])
    expect(output).toMatch(/^server key [0-9a-f]{64} time \d+\nservices grpc\.health\.v1\.Health /)
    expect(output).not.toContain('internal')
    expect(output).toContain(`signed in as @${device.person.handle}\n`)
    expect(output).toMatch(/caught up\n$/)
  })
})

function missingForPython(): readonly string[] {
  const needed = {
    python3: ['python3', '--version'],
    'python3-grpcio': ['python3', '-c', 'import grpc'],
    'python3-protobuf': ['python3', '-c', 'import google.protobuf'],
    'python3-cryptography': ['python3', '-c', 'import cryptography'],
    'protobuf-compiler': ['protoc', '--version'],
    'protobuf-compiler-grpc': ['sh', '-c', 'command -v grpc_python_plugin'],
  }
  return Object.entries(needed).flatMap(([name, [command, ...args]]) =>
    spawnSync(command!, args, { env: { ...process.env, PATH } }).status === 0 ? [] : [name],
  )
}

function script(kind: string): string {
  const own = blocks.filter((block) => block.kind === kind)
  return own.map(({ text }) => text).join('\n')
}

/** @throws Error with what it printed when it fails */
async function run(command: string, args: readonly string[], input = ''): Promise<string> {
  const { accountId, deviceId, device: keys } = device.person
  const child = spawn(command, args, {
    cwd: folder,
    env: {
      ...process.env,
      PATH,
      PYTHONPATH: 'gen',
      SERVER: server.url,
      VECHE_ACCOUNT: hex(AccountId.toBytes(accountId)),
      VECHE_DEVICE: hex(DeviceId.toBytes(deviceId)),
      VECHE_DEVICE_KEY: hex(keys.signaturePrivateKey),
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (output += chunk))
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk))
  child.stdin.end(input)
  const [exitCode] = await once(child, 'close')
  if (exitCode !== 0) throw new Error(`${command} ended with ${exitCode}\n${output}${errors}`)
  return output
}

function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```([a-z ]+)\n(.*?)^```$/gms)].map(([, kind, text]) => ({
    kind: kind!,
    text: text!,
  }))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
