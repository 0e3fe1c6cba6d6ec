/** What a joiner does not enter, and how a stuck chat goes on. */
import { AccountId, ChatId, randomId } from '@veche/protocol'
import { type ChatState, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { Proposal } from 'ts-mls'
import { lengthEncoder } from 'ts-mls/codec/variableLength.js'
import { createCommit } from 'ts-mls/createCommit.js'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'
import { encodeNode } from 'ts-mls/ratchetTree.js'
import { describe, expect, test } from 'vitest'
import { CHAT_STATE_EXTENSION, encodeChatState } from './chat-state.ts'
import { chatIdExtension, signedBy } from './group.ts'
import * as mls from './index.ts'
import { suite } from './provider.ts'
import {
  addAll,
  changed,
  everyoneAgrees,
  groupState,
  newParticipant,
  type Participant,
  privateState,
  startChat,
  withMember,
} from './testing/chat.ts'
import { addProposal } from './testing/evil.ts'

describe('a joiner does not enter', () => {
  test('a private chat of three', async () => {
    const [ann, ben, eve] = await threePeople()
    await startChat(privateState(ann.account, ben.account), ann)
    await expectRefusal(ann, eve, [ben], /third account/)
  })

  test('a chat in which a device is twice', async () => {
    const [ann, ben, eve] = await threePeople()
    const twin = await newParticipant(ben.account, ben.deviceId)
    await startChat(groupState([[ann.account, Role.OWNER]]), ann)
    await expectRefusal(ann, eve, [ben, twin], /twice/)
  })

  test('a chat with a banned account in it', async () => {
    const [ann, ben, eve] = await threePeople()
    const bannedAccounts = [AccountId.toBytes(ben.account.accountId)]
    await startChat(groupState([[ann.account, Role.OWNER]], { bannedAccounts }), ann)
    await expectRefusal(ann, eve, [ben], /banned/)
  })

  test('a chat with rules that it does not know', async () => {
    const [ann, , eve] = await threePeople()
    await startChat(groupState([[ann.account, Role.OWNER]]), ann)
    const state = changed(ann.view.state, { policyVersion: 2 })
    const { keyPackage } = await eve.newKeyPackage()
    const welcome = await lawlessWelcome(ann, [addProposal(keyPackage), setState(state)])
    await expect(eve.join(welcome)).rejects.toThrow(/rules/)
  })

  test('a tree of millions of blank nodes', async () => {
    const [ann, , eve] = await threePeople()
    const invite = await mls.newInvite(new Uint8Array(32))
    await startChat(groupState([[ann.account, Role.OWNER]], { invites: [invite] }), ann)
    const { groupInfo } = await mls.commit(ann.group, ann.device, {})
    const message = decodeMlsMessage(groupInfo, 0)![0]
    if (message.wireformat !== 'mls_group_info') throw new Error('not a group info')
    const extensionData = sparseTree(encodeNode(ann.group.engine.ratchetTree[0]!), 1_000_000)
    const extensions = message.groupInfo.extensions.map((extension) =>
      extension.extensionType === 'ratchet_tree' ? { ...extension, extensionData } : extension,
    )
    const huge = encodeMlsMessage({ ...message, groupInfo: { ...message.groupInfo, extensions } })
    const secret = { id: invite.id, seed: new Uint8Array(32) }
    await expect(mls.joinExternal(eve.device, huge, secret)).rejects.toThrow(/too many/)
  })

  test('another chat than the welcome says', async () => {
    const [ann, , eve] = await threePeople()
    await startChat(groupState([[ann.account, Role.OWNER]]), ann)
    const { keyPackage } = await eve.newKeyPackage()
    const elsewhere = randomId(ChatId)
    const welcome = await lawlessWelcome(ann, [addProposal(keyPackage)], elsewhere)
    await expect(eve.join(welcome)).rejects.toThrow(mls.JoinError)
  })
})

test('members stop before a commit that raises the policy version beyond what they know', async () => {
  const [ann, ben] = await threePeople()
  await startChat(
    groupState([
      [ann.account, Role.OWNER],
      [ben.account, Role.MEMBER],
    ]),
    ann,
    ben,
  )
  const state = changed(ann.view.state, { policyVersion: 2 })
  const commit = await lawless(ann, [setState(state)])
  expect(await mls.receive(ben.group, encodeMlsMessage(commit.commit))).toMatchObject({
    reason: 'unknown-policy-version',
  })
})

test('a stuck chat goes on with the people and rules of its last good epoch, and with no others', async () => {
  const [ann, ben, eve] = await threePeople()
  const seed = crypto.getRandomValues(new Uint8Array(32))
  const invite = await mls.newInvite(seed)
  await startChat(
    groupState(
      [
        [ann.account, Role.OWNER],
        [ben.account, Role.MEMBER],
      ],
      { invites: [invite] },
    ),
    ann,
    ben,
  )
  const { groupInfo } = await mls.commit(ann.group, ann.device, {})
  const joined = await mls.joinExternal(eve.device, groupInfo, { id: invite.id, seed })
  const last = mls.view(joined.next)

  const { chatId } = last
  ben.group = await mls.create(ben.device, { chatId, state: mls.successorState(last) })
  await addAll(ben, [ann, eve])
  everyoneAgrees(ann, ben, eve)
  expect(ben.view.groupId).not.toEqual(last.groupId)
  expect(mls.judgeSuccessor(last, ben.view, ben.account.accountId)).toBeUndefined()
  expect(ben.role).toBe(Role.MEMBER)
  expect(mls.roleOf(ben.view.state, eve.account.accountId)).toBe(Role.MEMBER)

  const coup = withMember(mls.successorState(last), ben.account, Role.OWNER)
  const usurped = await mls.create(ben.device, { chatId, state: coup })
  expect(mls.judgeSuccessor(last, mls.view(usurped), ben.account.accountId)).toBe('no-right-to-change-roles')
  const elsewhere = await mls.create(ben.device, {
    chatId: randomId(ChatId),
    state: mls.successorState(last),
  })
  expect(mls.judgeSuccessor(last, mls.view(elsewhere), ben.account.accountId)).toBe('another-chat')
})

/** Eve is added together with others who should not be there. */
async function expectRefusal(ann: Participant, eve: Participant, others: Participant[], why: RegExp) {
  const packages = await Promise.all([eve, ...others].map((one) => one.newKeyPackage()))
  const welcome = await lawlessWelcome(
    ann,
    packages.map(({ keyPackage }) => addProposal(keyPackage)),
  )
  await expect(eve.join(welcome)).rejects.toThrow(why)
}

async function lawlessWelcome(
  by: Participant,
  proposals: Proposal[],
  chatId = by.view.chatId,
): Promise<Uint8Array> {
  const { welcome } = await lawless(by, proposals, chatId)
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_welcome', welcome: welcome! })
}

function lawless({ group, device }: Participant, extraProposals: Proposal[], chatId = group.chatId) {
  const context = { state: signedBy(group, device), cipherSuite: suite }
  const groupInfoExtensions = [chatIdExtension(chatId)]
  const options = {
    wireAsPublicMessage: true,
    ratchetTreeExtension: true,
    extraProposals,
    groupInfoExtensions,
  }
  return createCommit(context, options)
}

function setState(state: ChatState): Proposal {
  const extensions = [{ extensionType: CHAT_STATE_EXTENSION, extensionData: encodeChatState(state) }]
  return { proposalType: 'group_context_extensions', groupContextExtensions: { extensions } }
}

/** One leaf behind many blank nodes, as RFC 9420 section 7.8 writes it. */
function sparseTree(node: Uint8Array, blanks: number): Uint8Array {
  const [length, writeLength] = lengthEncoder(blanks + 1 + node.length)
  const bytes = new Uint8Array(length + blanks + 1 + node.length)
  writeLength(0, bytes.buffer)
  bytes.set([1, ...node], length + blanks)
  return bytes
}

function threePeople(): Promise<[Participant, Participant, Participant]> {
  return Promise.all([newParticipant(), newParticipant(), newParticipant()])
}
