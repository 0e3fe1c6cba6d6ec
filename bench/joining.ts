/**
 * Joining by a link with history (M13, M15) as a person does who has no account: `veche register --invite LINK`, then
 * `veche history GROUP`, each a program of its own, until the last messages are there. The group was filled by commits that
 * added ninety accounts each, and none of its members listens.
 */
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { create } from '@bufbuild/protobuf'
import { createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { commit, inviteMemberKey, loadPending, newInvite, stateOf } from '@veche/mls'
import { ChatId, MessageId, randomId } from '@veche/protocol'
import { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { InviteKeySchema } from '@veche/protocol/gen/e2ee/v1/join_info_pb.js'
import { GroupProfileSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { formatInviteLink, serverIdOf } from '../packages/client/src/invite-link.ts'
import { historyKeyOf } from '../packages/sync/src/archive-key.ts'
import { encodeText } from '../packages/sync/src/content.ts'
import { sealMessage } from '../packages/sync/src/message-seal.ts'
import { toHandshake } from '../packages/sync/src/outgoing.ts'
import { groupPartOf } from '../packages/sync/src/own-commits.ts'
import { BenchServer } from './bench-server.ts'
import { as, Registrar } from './device.ts'
import { costOf } from './group.ts'
import { GroupLoad, PROFILE } from './group-load.ts'
import { cpuSeconds } from './process-cost.ts'
import { type Summary, summarize } from './statistics.ts'

const RUNS = 5
const MESSAGES = 50
const VECHE = fileURLToPath(new URL('../bin/veche', import.meta.url))
const run = promisify(execFile)

/** @param data an empty folder. @returns by the number of members */
export async function measureJoining(
  data: string,
  sizes: readonly number[],
): Promise<Record<string, Record<string, Summary>>> {
  const results: Record<string, Record<string, Summary>> = {}
  for (const size of sizes) results[size] = await measureJoins(`${data}/${size}`, size)
  return results
}

async function measureJoins(data: string, members: number): Promise<Record<string, Summary>> {
  await using server = await BenchServer.start(data)
  using registrar = new Registrar(server.url)
  const group = new GroupLoad(server.url, registrar)
  await group.fill(members)
  const link = await offerLink(server.url, registrar, group)
  await write(registrar, group)
  const joins: Awaited<ReturnType<typeof joinOnce>>[] = []
  for (let index = 0; index < RUNS; index++) {
    const folder = `${data}-joiner${index}`
    await mkdir(folder)
    joins.push(await joinOnce(server, { folder, handle: `joiner${index}`, link, chat: group.chatId }))
  }
  const of = (part: keyof (typeof joins)[0]) => summarize(joins.map((join) => join[part]))
  return {
    joinedMs: of('joinedMs'),
    readMs: of('readMs'),
    cpuMs: of('cpuMs'),
    serverCpuMs: of('serverCpuMs'),
  }
}

interface Joiner {
  readonly folder: string
  readonly handle: string
  readonly link: string
  readonly chat: ChatId
}

/** @returns until the account is in the group, until the messages are read from then, CPU of both programs, of the server */
async function joinOnce(server: BenchServer, { folder, handle, link, chat }: Joiner) {
  const password = join(folder, 'password')
  await writeFile(password, 'four words for a password')
  const env = { ...process.env, VECHE_PROFILE: join(folder, 'profile') }
  const veche = (...args: string[]) => run(process.execPath, [VECHE, ...args, '--json'], { env })
  const cpuBefore = cpuSeconds([process.pid])
  const started = performance.now()
  let joined = 0
  const { answer, costSeconds } = await costOf(server, async () => {
    await veche('register', '--handle', handle, '--password-file', password, '--invite', link)
    joined = performance.now()
    return veche('history', chat)
  })
  const read = performance.now()
  const texts = answer.stdout.split('\n').filter((line) => line.includes('"type":"message"'))
  if (texts.length < MESSAGES) throw new Error(`only ${texts.length} messages were read`)
  return {
    joinedMs: joined - started,
    readMs: read - joined,
    cpuMs: 1000 * (cpuSeconds([process.pid]) - cpuBefore),
    serverCpuMs: 1000 * costSeconds,
  }
}

/** By a commit of the admin's, as a client makes it. */
async function offerLink(url: string, registrar: Registrar, group: GroupLoad): Promise<string> {
  const seed = crypto.getRandomValues(new Uint8Array(32))
  const invite = { ...(await newInvite(seed)), withHistory: true }
  const key = create(InviteKeySchema, { inviteId: invite.id, key: inviteMemberKey(seed) })
  const profile = create(GroupProfileSchema, { ciphertext: PROFILE, inviteKeys: [key] })
  await group.act(async ({ person, token }, before) => {
    const made = await commit(before, person.device, { state: { ...stateOf(before), invites: [invite] } })
    const part = await groupPartOf(made, profile, { older: { inviteId: invite.id, keys: [] } })
    const handshake = toHandshake({ saved: made.saved, ...part } as never)
    const message = {
      chatId: ChatId.toBytes(group.chatId),
      messageId: MessageId.toBytes(randomId(MessageId)),
    }
    const entry = { case: 'handshake', value: handshake } as const
    await registrar.chats().append({ ...message, entry }, as(token))
    return loadPending(made.saved).next
  })
  const accounts = createClient(AccountsService, createConnectTransport({ httpVersion: '1.1', baseUrl: url }))
  const { identityKey } = await accounts.getServer({})
  return formatInviteLink({ chat: group.chatId, seed, serverId: serverIdOf(identityKey), server: url })
}

/** Messages that who joins can read. */
async function write(registrar: Registrar, group: GroupLoad): Promise<void> {
  for (let index = 0; index < MESSAGES; index++) {
    await group.act(async ({ person, token }, before) => {
      const place = { chatId: group.chatId, messageId: randomId(MessageId) }
      const author = { accountId: person.accountId, deviceId: person.deviceId, sentAtMs: Date.now() }
      const content = encodeText({ ...place, ...author }, `message ${index}`)
      const seen = { position: 0n, hash: new Uint8Array(32) }
      const historyKey = await historyKeyOf(before)
      const { application } = await sealMessage(before, person.device, {
        ...place,
        content,
        seen,
        historyKey,
      })
      const message = { chatId: ChatId.toBytes(group.chatId), messageId: MessageId.toBytes(place.messageId) }
      const entry = { case: 'application', value: application } as const
      await registrar.chats().append({ ...message, entry }, as(token))
      return before
    })
  }
}
