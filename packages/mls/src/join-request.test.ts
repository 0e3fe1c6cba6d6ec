/** M13: who may be let in by a link that demands to ask, and what a server cannot make of it. */
import { create } from '@bufbuild/protobuf'
import { AccountId, ChatId, decodeMessage, encodeMessage, randomId } from '@veche/protocol'
import { type Invite, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { JoinRequestSchema } from '@veche/protocol/gen/e2ee/v1/join_request_pb.js'
import { beforeAll, expect, test } from 'vitest'
import { decodeChatState, encodeChatState } from './chat-state.ts'
import * as mls from './index.ts'
import { changed, groupState, newParticipant, type Participant } from './testing/chat.ts'

const seed = () => crypto.getRandomValues(new Uint8Array(32))
const [approving, forAdmins, free] = [seed(), seed(), seed()]
const chatId = randomId(ChatId)
let ann: Participant
let bob: Participant
let keyPackage: Uint8Array
let request: Uint8Array
let state: ReturnType<typeof groupState>

beforeAll(async () => {
  ;[ann, bob] = [await newParticipant(), await newParticipant()]
  const invites: Invite[] = [
    { ...(await mls.newInvite(approving)), approve: true },
    { ...(await mls.newInvite(forAdmins)), role: Role.ADMIN },
    await mls.newInvite(free),
  ]
  state = decodeChatState(encodeChatState(groupState([[ann.account, Role.OWNER]], { invites })))
  ;({ keyPackage } = await bob.newKeyPackage())
  request = await mls.requestJoin(chatId, approving, keyPackage)
})

const read = (bytes: Uint8Array, at = state, chat = chatId) => mls.readJoinRequest(bytes, chat, at)
const signedBy = (by: Uint8Array, bytes = keyPackage, chat = chatId) => mls.requestJoin(chat, by, bytes)

test('M13 a request says which device of whose asks, by which link, and for which role', async () => {
  const { invite, accountId, deviceId, keyPackage: added } = await read(request)
  expect([accountId, deviceId]).toEqual([bob.account.accountId, bob.deviceId])
  expect(added).toEqual(keyPackage)
  expect(mls.roleByInvite(state, invite)).toBe(Role.MEMBER)
  const other = await read(await signedBy(forAdmins))
  expect(mls.roleByInvite(state, other.invite)).toBe(Role.ADMIN)
  expect(mls.mayLetIn(state, ann.account.accountId, other.invite)).toBe(true)
})

test('A5 one that is forged, altered, for another group, or by a link that demands nothing is none', async () => {
  const decoded = decodeMessage(JoinRequestSchema, request, 8192)
  const altered = (change: object) =>
    encodeMessage(JoinRequestSchema, create(JoinRequestSchema, { ...decoded, ...change }))
  const another = await newParticipant()
  const [admins] = state.invites.filter(({ role }) => role === Role.ADMIN)
  const wrong: Record<string, Promise<Uint8Array> | Uint8Array> = {
    'by a key of the server’s own': signedBy(seed()),
    'that key, under the id of the link': altered({
      signature: decodeMessage(JoinRequestSchema, await signedBy(seed()), 8192).signature,
    }),
    'for another device': altered({ keyPackage: (await another.newKeyPackage()).keyPackage }),
    'of another invite, with a higher role': altered({ inviteId: admins!.id }),
    'of another group': signedBy(approving, keyPackage, randomId(ChatId)),
    'by a link that demands nothing': signedBy(free),
    'of an unknown version': altered({ version: 2 }),
    'with a key package for several uses': signedBy(
      approving,
      (await mls.newKeyPackage(bob.device, { nowMs: Date.now(), lastResort: true })).keyPackage,
    ),
  }
  for (const [what, bytes] of Object.entries(wrong))
    await expect(read(await bytes), what).rejects.toThrow(/join request/)
})

test('A11 one that was used, or whose link is gone, is none; nor is that of who may not come', async () => {
  const { usedId } = await read(request)
  const used = state.invites.map((invite) =>
    invite.approve ? { ...invite, usedRequests: [usedId] } : invite,
  )
  await expect(read(request, changed(state, { invites: used }))).rejects.toThrow('used before')
  await expect(read(request, changed(state, { invites: [] }))).rejects.toThrow('no link that lives')
  const bannedAccounts = [AccountId.toBytes(bob.account.accountId)]
  await expect(read(request, changed(state, { bannedAccounts }))).rejects.toThrow('may not come')
})

test('M13 states: an open link demands nothing, a used request is of a link that demands it, and of one length', () => {
  const [first] = state.invites.filter(({ approve }) => approve)
  const [other] = state.invites.filter(({ approve, role }) => !approve && role === Role.UNSPECIFIED)
  const id = new Uint8Array(16)
  const broken: Invite[] = [
    { ...first!, open: true },
    { ...first!, withHistory: true },
    { ...first!, role: 5 as Role },
    { ...other!, usedRequests: [id] },
    { ...first!, usedRequests: [id, id] },
    { ...first!, usedRequests: [new Uint8Array(15)] },
    {
      ...first!,
      usedRequests: Array.from({ length: 1001 }, () => crypto.getRandomValues(new Uint8Array(16))),
    },
  ]
  for (const invite of broken)
    expect(() => encodeChatState(changed(state, { invites: [invite] }))).toThrow('chat state')
})
