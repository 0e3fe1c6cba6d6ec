/** examples/echo-bot as its README runs it, against a real server. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, ServerProcess, until, veche, vecheOk, vecheRegister } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

const BOT = fileURLToPath(new URL('../examples/echo-bot/echo-bot.ts', import.meta.url))
let folder: string
let server: ServerProcess
let alice: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-'))
  server = await ServerProcess.start({ data: join(folder, 'data'), port: await freePort() })
  alice = join(folder, 'alice')
  const { url, administratorCode: code } = server
  await vecheRegister(alice, {
    handle: 'alice',
    name: 'Alice',
    password: 'olive harbour lantern',
    code,
    server: url,
  })
})

afterAll(async () => {
  await server?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** @returns what it printed, and how it is ended */
function startBot(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [BOT], {
    env: { ...process.env, ECHO_PROFILE: join(folder, 'bot'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const bot = { output: '' }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (bot.output += chunk))
  const ended = once(child, 'close')
  return {
    bot,
    async end() {
      child.kill('SIGTERM')
      return (await ended)[0] as number
    },
  }
}

/** What the bot has said in a chat, by alice's device. */
async function echoes(chat: string): Promise<string[]> {
  await veche(alice, ['listen', '--timeout', '1s'])
  const { lines } = await veche(alice, ['history', chat])
  return lines.filter(({ from }) => from === 'echo').map(({ text }) => String(text))
}

const isEchoed = (chat: string, ...texts: string[]) =>
  until(async () => JSON.stringify(await echoes(chat)) === JSON.stringify(texts))

test('M25 the bot registers, lets itself be written to, and echoes in a private chat and in a group, also after a pause', async () => {
  const { code } = await vecheOk(alice, ['admin', 'invite', 'create'])
  const first = { ECHO_SERVER: server.url, ECHO_PASSWORD: 'bots have passwords too', ECHO_CODE: String(code) }
  const running = startBot(first)
  await until(() => running.bot.output.includes('recovery code'))
  await vecheOk(alice, ['request', '@echo'])
  await until(async () => (await veche(alice, ['chats'])).lines.length === 1)
  await vecheOk(alice, ['send', '@echo', 'hello'])
  await isEchoed('@echo', 'hello')

  await vecheOk(alice, ['group', 'create', 'Garden'])
  await vecheOk(alice, ['group', 'add', 'Garden', '@echo'])
  await vecheOk(alice, ['send', 'Garden', 'в группе'])
  await isEchoed('Garden', 'в группе')
  expect(await running.end()).toBe(0)

  await vecheOk(alice, ['send', '@echo', 'are you there?'])
  const again = startBot({})
  await isEchoed('@echo', 'hello', 'are you there?')
  expect(await again.end()).toBe(0)
  expect(again.bot.output).toBe('')
})
