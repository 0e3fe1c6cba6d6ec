import { importProfileKey, MemoryFiles } from '@veche/history'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openClient } from './client.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())

async function open(name: string) {
  const line = server.connect()
  const files = new MemoryFiles()
  const client = await openClient({
    files,
    profileKey: await importProfileKey(new Uint8Array(32).fill(1)),
    connectTo: () => line,
    server: 'memory:',
    maxUpdateDelayMs: 0,
  })
  return { client, line, files, name }
}

test('two people meet and talk', async () => {
  const alice = await open('alice')
  const bob = await open('bobby')
  await alice.client.register({ handle: 'alice', name: 'Alice', password: 'olive harbour' })
  await bob.client.register({ handle: 'bobby', name: 'Bob', password: 'olive harbour 2' })
  await alice.client.catchUp(5000)
  await bob.client.catchUp(5000)
  expect(await bob.client.requests.ask('alice')).toMatchObject({ status: 'pending' })
  const { incoming } = await alice.client.requests.list()
  expect(incoming).toHaveLength(1)
  const opened = await alice.client.requests.answer(incoming[0]!.id, 'allow')
  expect(opened.status).toBe('open')
  const chat = alice.client.findChat('@bobby')
  const sent = await alice.client.send(chat, 'hello')
  await alice.client.catchUp(5000)
  expect(await sent.acknowledged).toMatchObject({ seq: 2n })
  await bob.client.catchUp(5000)
  expect(await bob.client.history(bob.client.findChat('@alice'), { limit: 10 })).toMatchObject([
    { text: 'hello', seq: 2n },
  ])
  const answer = await bob.client.send(chat, 'hi')
  await bob.client.catchUp(5000)
  await answer.acknowledged
  await alice.client.catchUp(5000)
  expect((await alice.client.history(chat, { limit: 10 })).map(({ text }) => text)).toEqual(['hello', 'hi'])
})
