import { DamagedError, NoSpaceError, RefusedError, UnreachableError, UsageError } from '@veche/client/errors'
import { DecodeError } from '@veche/protocol'
import { expect, test } from 'vitest'
import { Caller } from './caller.ts'
import { repeatOf } from './calls.ts'
import { toRemoteClient } from './connect.ts'
import { CoreMovedError } from './core-moved-error.ts'
import { Host, type Perform } from './host.ts'
import { lockOfTab } from './messages.ts'
import type { CoreEvent } from './remote-client.ts'
import { PartyLine } from './testing/party-line.ts'

function startCore(line: PartyLine, perform: Perform) {
  const end = line.end()
  const host = new Host(end, perform)
  host.status = { state: 'ready', connected: true }
  return { host, stop: end.cut }
}

function openTab(line: PartyLine) {
  const tab = crypto.randomUUID()
  const gone = Promise.withResolvers<void>()
  void navigator.locks.request(lockOfTab(tab), () => gone.promise)
  const end = line.end()
  const caller = new Caller(end, tab)
  return {
    caller,
    client: toRemoteClient(Promise.resolve(caller), () => () => {}),
    close() {
      end.cut()
      gone.resolve()
    },
  }
}

const never: Perform = () => new Promise(() => {})

test('A call that is not in the table is refused, whatever it is called', async () => {
  const line = new PartyLine()
  const asked: string[] = []
  startCore(line, async (part, name) => void asked.push(`${part}.${name}`))
  const { caller } = openTab(line)
  for (const [part, name] of [
    ['client', 'close'],
    ['client', 'constructor'],
    ['client', '__proto__'],
    ['client', 'events'],
    ['client', '#member'],
    ['archive', 'open'],
    ['constructor', 'constructor'],
    ['__proto__', 'toString'],
    ['toString', 'call'],
    ['', ''],
  ] as const) {
    const refused = expect.objectContaining({ name: 'UsageError', reason: 'unknown_call' })
    await expect(caller.call(part, name, [])).rejects.toEqual(refused)
    expect(repeatOf(part, name)).toBeUndefined()
  }
  expect(asked).toEqual([])
})

test('errors keep their class and fields, and what was not foreseen says nothing', async () => {
  const line = new PartyLine()
  let thrown: unknown
  startCore(line, async () => {
    throw thrown
  })
  const { client } = openTab(line)
  for (thrown of [
    new RefusedError('handle_taken', { retryAfterMs: 5 }),
    new UsageError('weak_password'),
    new UnreachableError(undefined, { retryAfterMs: 7 }),
    new DamagedError('a journal is damaged'),
    new NoSpaceError('no space left'),
    new DecodeError('chat id: not base32'),
  ]) {
    const error = await client.chats().catch((error: unknown) => error)
    expect(error).toEqual(thrown)
    expect((error as Error).constructor).toBe((thrown as Error).constructor)
  }
  thrown = new TypeError('secret words')
  await expect(client.chats()).rejects.not.toThrow('secret')
})

test('functions and signals are carried there and back', async () => {
  const line = new PartyLine()
  const { promise: signalled, resolve } = Promise.withResolvers<void>()
  startCore(line, async (_part, _name, [given, direct]) => {
    const { confirm, signal } = given as { confirm: (text: string) => Promise<boolean>; signal: AbortSignal }
    signal.addEventListener('abort', () => resolve())
    expect(typeof direct).toBe('function')
    return [await confirm('123456'), given]
  })
  const { caller } = openTab(line)
  const end = new AbortController()
  const asked: string[] = []
  const given = {
    password: 'x',
    signal: end.signal,
    confirm: async (digits: string) => {
      asked.push(digits)
      end.abort()
      await signalled
      return true
    },
  }
  await expect(caller.call('devices', 'link', [given, () => {}])).rejects.toThrow() // functions do not come back
  expect(asked).toEqual(['123456'])
})

test('what a tab gave along ends with the tab, and its answer is heard by nobody', async () => {
  const line = new PartyLine()
  const ended: unknown[] = []
  startCore(line, async (_part, _name, [given]) => {
    const { confirm, signal } = given as { confirm: () => Promise<boolean>; signal: AbortSignal }
    await confirm().catch((error: Error) => ended.push(error.name))
    ended.push(signal.aborted)
  })
  const tab = openTab(line)
  const signal = new AbortController().signal
  void tab.caller.call('devices', 'link', [{ signal, confirm: () => new Promise(() => {}) }])
  await expect.poll(() => line.said.some(({ kind }) => kind === 'callback')).toBe(true)
  tab.close()
  await expect.poll(() => ended, { timeout: 60_000 }).toEqual(['AbortError', true])
})

test('calls made before there is a core wait for it', async () => {
  const line = new PartyLine()
  const { client } = openTab(line)
  const asked = client.account()
  startCore(line, async () => ({ kind: 'none' }))
  expect(await asked).toEqual({ kind: 'none' })
})

test('F16 what the core of before has not answered: reads and messages go to the next, the rest fails', async () => {
  const line = new PartyLine()
  const before: string[] = []
  const first = startCore(line, (part, name, args) => {
    before.push(`${part}.${name}`)
    return never(part, name, args)
  })
  const { client } = openTab(line)
  const events: CoreEvent[] = []
  client.events((event) => events.push(event))
  const read = client.chats()
  const sent = client.send('chat' as never, 'text')
  const made = client.groups.create({ name: 'group' } as never).catch((error: unknown) => error)
  await expect.poll(() => before).toEqual(['client.chats', 'client.send', 'groups.create'])
  first.stop()
  const ids: unknown[] = []
  startCore(line, async (_part, name, args) => {
    if (name === 'create') throw new Error('a second time')
    if (name === 'send') ids.push((args[2] as { id: string }).id)
    return name
  })
  expect(await read).toBe('chats')
  expect(await sent).toBe('send')
  expect(await made).toEqual(new CoreMovedError('groups.create'))
  const firstSent = line.said.find((message) => message.kind === 'call' && message.name === 'send')
  expect(firstSent).toMatchObject({ args: ['chat', 'text', { id: ids[0] }] })
  expect(
    events.filter(({ type }) => type === 'core').map((event) => 'state' in event && event.state),
  ).toEqual(['starting', 'ready', 'moved', 'starting', 'ready'])
})

test('F16 a call that is not safe to repeat goes to the next core where the first had not begun it', async () => {
  const line = new PartyLine()
  const first = startCore(line, never)
  const { caller } = openTab(line)
  await caller.call('client', 'none', []).catch(() => {}) // it knows the core now
  first.stop()
  const made = caller.call('groups', 'create', [{}])
  startCore(line, async () => 'made')
  expect(await made).toBe('made')
})

test('a tab that calls a core of before hears of the one that is', async () => {
  const line = new PartyLine()
  const first = startCore(line, async () => 'first')
  const { client } = openTab(line)
  expect(await client.chats()).toBe('first')
  first.stop()
  line.isHeld = true // its announcement is lost
  startCore(line, async () => 'second')
  line.isHeld = false
  expect(await client.chats()).toBe('second')
})

test('F16 a tab whose worker has ended says so, and hears at once whether another tab has the core', async () => {
  const line = new PartyLine()
  startCore(line, async () => 'here')
  const { caller, client } = openTab(line)
  expect(await client.chats()).toBe('here')
  const told: string[] = []
  client.events((event) => {
    if (event.type === 'core') told.push(event.state)
  })
  await expect.poll(() => told).toEqual(['ready'])
  caller.lose()
  await expect.poll(() => told).toEqual(['ready', 'lost', 'ready'])
})
