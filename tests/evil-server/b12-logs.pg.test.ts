/**
 * B12: ids, tokens and addresses in logs outlive what they were for. Everything that a whole server logs at its most
 * talkative, while people register, talk and are refused and while things fail, is searched for all that was sent to it.
 */
import type { AppendRequest, FetchInviteRequest } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { createLogger } from '@veche/service-kit'
import { type Call, EvilServer, introduce, listen, say, type Victim } from '@veche/testkit/evil-server'
import { afterAll, beforeAll, expect, test } from 'vitest'

const lines: string[] = []
const calls: Call[] = []
let server: EvilServer
let people: Victim[]
let chat: string
let link: string
beforeAll(async () => {
  server = await EvilServer.start(createLogger({ level: 'debug', write: (line) => void lines.push(line) }))
  people = [await server.welcome('canary-alice'), await server.welcome('canary-bob')]
  for (const { line } of people) line.onCall = (call) => void calls.push(call)
  const [alice, bob] = people as [Victim, Victim]
  const id = await introduce(alice, bob)
  chat = id
  await say(alice, id, 'canary-text-5e7a')
  await listen(bob)
  link = await joinByLink(alice, bob)
  await provoke(alice)
})
afterAll(() => server[Symbol.asyncDispose]())

/** Somebody comes into a group by a link, and it is taken back. @returns the link */
async function joinByLink(maker: Victim, joiner: Victim): Promise<string> {
  const { groups } = maker.client
  const { chat: group } = await groups.create({ name: 'canary group' })
  const made = await groups.invite(group, { uses: 1 })
  await joiner.client.join(made.link)
  await groups.revokeInvite(group, made.id)
  await maker.client.join(made.link.replace('#join=vi-', '#join=vi-a')).catch(() => {})
  return made.link
}

/** Refusals of every kind, and a failure within. */
async function provoke({ client, line }: Victim): Promise<void> {
  const attempts = [
    () => client.requests.ask('canary-nobody'),
    () => client.requests.ask('not a handle'),
    () => client.requests.answer('a'.repeat(26), 'allow'),
    () => client.administration.createInvite(),
  ]
  for (const attempt of attempts) await attempt().catch(() => {})
  line.tamper({
    call({ header }, proceed) {
      header.set('authorization', 'Bearer canary-token')
      return proceed()
    },
  })
  await client.requests.list().catch(() => {})
  line.honest()
  await server.breakService('chats')
  await client.requests.list().catch(() => {})
}

test('B12 the services do log what fails', () => {
  expect(lines.join('\n')).toContain('ListRequests')
})

test('B12 no token, id, handle, name, text or address is in any line', () => {
  const [alice, bob] = people as [Victim, Victim]
  const secrets = new Set<string>(['canary', '127.0.0.1', '::1', 'localhost', chat])
  for (const { client, handle } of [alice, bob]) {
    const { account } = client
    if (account.kind !== 'ready') throw new Error('not registered')
    for (const id of [account.account, account.device, handle, account.name]) secrets.add(id)
  }
  secrets.add(link.slice(link.indexOf('vi-')))
  for (const { header, request } of calls) {
    const token = header.get('authorization')?.replace('Bearer ', '')
    if (token) for (const part of token.split('.')) secrets.add(part)
    const { messageId, chatId } = request as Partial<AppendRequest>
    const { inviteId } = request as Partial<FetchInviteRequest>
    for (const bytes of [messageId, chatId, inviteId]) {
      if (!bytes?.length) continue
      const buffer = Buffer.from(bytes)
      for (const encoding of ['hex', 'base64', 'base64url'] as const) secrets.add(buffer.toString(encoding))
    }
  }
  expect(secrets.size).toBeGreaterThan(12)
  const log = lines.join('\n')
  expect([...secrets].filter((secret) => log.includes(secret))).toEqual([])
})
