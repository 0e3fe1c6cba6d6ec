/** The client as the terminal uses it: folders, and HTTP/2 to a listening server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningServer, services, startServer, toServerConfig } from '@veche/app-server'
import { silentLogger } from '@veche/service-kit'
import { testDatabase } from '@veche/service-kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { UnreachableError } from './errors.ts'
import { openProfile } from './profile.node.ts'

const resources = new AsyncDisposableStack()
let folder: string
let server: RunningServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-client-'))
  resources.defer(() => rm(folder, { recursive: true, force: true }))
  const database = resources.use(await testDatabase())
  const settings = new Map([
    ['VECHE_PORT', '0'],
    ['VECHE_DATA', join(folder, 'server')],
  ])
  const config = toServerConfig(settings, services)
  server = resources.use(
    await startServer(config, { services, log: silentLogger, database: database.address }),
  )
})
afterAll(() => resources.disposeAsync())

async function open(name: string, url?: string): Promise<Client> {
  const opened = await openProfile(join(folder, name), { ...(url && { server: url }) })
  if (opened.kind !== 'open') throw new Error('the profile is busy')
  return opened.client
}

test('M24: the administrator invites; two profiles meet, talk, and remember', async () => {
  const alice = await open('alice', server.url)
  const made = await alice.register({
    handle: 'alice',
    name: 'Алиса',
    password: 'olive harbour',
    code: server.administratorCode!,
  })
  expect(made.administrator).toBe(true)
  expect(made.recovery.split(' ')).toHaveLength(12)
  expect(await alice.administration.getRegistration()).toBe('invite')
  const invite = await alice.administration.createInvite({ uses: 1 })
  expect(invite.link).toContain(invite.code)
  expect(await alice.administration.setRegistration('closed')).toBe('closed')
  expect(await alice.administration.setRegistration('invite')).toBe('invite')

  const bob = await open('bob', server.url)
  await bob.register({ handle: 'robert', name: 'Боб', password: 'lantern seven', code: invite.code })
  await bob.requests.ask('alice')
  const [request] = (await alice.requests.list()).incoming
  expect(request).toMatchObject({ handle: 'robert', name: 'Боб', status: 'pending' })
  const { chat } = await alice.requests.answer(request!.id, 'allow')
  const { acknowledged } = await alice.send(chat!, 'Рассада готова')
  await alice.catchUp(10_000)
  expect(await acknowledged).toMatchObject({ seq: 2n })

  const heard = bob.events(AbortSignal.timeout(20_000))[Symbol.asyncIterator]()
  const stop = new AbortController()
  const connected = bob.connect(stop.signal)
  for (;;) {
    const { value } = await heard.next()
    if (value?.type === 'message') {
      expect(value).toMatchObject({ text: 'Рассада готова', from: { handle: 'alice', name: 'Алиса' } })
      break
    }
  }
  stop.abort()
  await connected
  await bob.close()
  await alice.close()

  const again = await open('alice')
  expect(again.account).toMatchObject({ kind: 'ready', handle: 'alice', server: server.url })
  expect(await again.history(again.findChat('@robert'), { limit: 5 })).toMatchObject([
    { text: 'Рассада готова' },
  ])
  await again.close()
})

test('one process has a profile at a time', async () => {
  const client = await open('carol')
  expect(await openProfile(join(folder, 'carol'))).toEqual({ kind: 'busy' })
  await client.close()
  await (await open('carol')).close()
})

test('a server that is not there is unreachable, and said so at once', async () => {
  const client = await open('dave', 'http://127.0.0.1:1')
  await expect(client.register({ handle: 'dave', name: 'D', password: 'olive harbour' })).rejects.toThrow(
    UnreachableError,
  )
  await client.close()
})
