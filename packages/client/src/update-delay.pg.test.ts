/** When a device that came into a chat by a Welcome gives itself keys of its own: the clock is played. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { catchUp, openAsMember, registerPair } from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

const PATIENCE = { timeout: 60_000 }
const stop = new AbortController()
let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterEach(() => void vi.useRealTimers())
afterAll(async () => {
  stop.abort()
  await server[Symbol.asyncDispose]()
})

test('M18 by default a new device updates its path at a moment within 30 s, and not before', async () => {
  const [alice, bob] = await registerPair(server)
  await bob.client.requests.ask(alice.handle)
  const { incoming } = await alice.client.requests.list()
  const { chat } = await alice.client.requests.answer(incoming[0]!.id, 'allow')
  await catchUp(alice)
  const member = await openAsMember(server, bob, { random: () => 0.9 })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const following = member.delivery.follow(stop.signal)
  const epoch = () => member.delivery.chats.get(chat!)?.state.position
  await expect.poll(epoch, PATIENCE).toBe(1n)
  await expect.poll(() => member.delivery.chats.get(chat!)!.state.updateDue, PATIENCE).toBe(true)
  await vi.advanceTimersByTimeAsync(25_000)
  expect(member.line.calls).not.toContain('Append')
  expect(epoch()).toBe(1n)
  await vi.advanceTimersByTimeAsync(3_000)
  await expect.poll(epoch, PATIENCE).toBe(2n)
  expect(member.line.calls.filter((name) => name === 'Append')).toHaveLength(1)
  expect(member.delivery.chats.get(chat!)!.state.updateDue).toBe(false)
  stop.abort()
  await vi.advanceTimersByTimeAsync(30_000)
  await following
})
