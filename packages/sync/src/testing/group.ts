/** Two people with one device each in a group, without a server: what the log holds is made here. */
import { create as createMessage } from '@bufbuild/protobuf'
import { commit, create, join, loadPending, newKeyPackage, POLICY_VERSION } from '@veche/mls'
import { AccountId, ChatId, DeviceId, equalBytes, randomId } from '@veche/protocol'
import { type Entry, EntryKind, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, ChatStateSchema, RightsSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { PendingCommit } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { hashOfProfile, sealProfile } from '../group-profile.ts'
import { applyChanges, epochSecretOf, type LocalChat, Standing, UNTOUCHED } from '../local-chat.ts'
import { type ChatIntent, prepareCommit } from '../own-commits.ts'
import { newSide, type Side } from './pair.ts'

export const TITLES = { name: 'The village', description: 'All of us' }

/** Both stand at position 1, after the commit that brought Bob in; Alice owns the group. */
export async function createGroupPair(): Promise<{ alice: Side; bob: Side }> {
  const [alice, bob] = [await newSide('alice'), await newSide('bob')]
  const chatId = randomId(ChatId)
  const profile = await sealProfile(chatId, TITLES)
  const group = await create(alice.device, { chatId, state: groupState(alice, bob, hashOfProfile(profile)) })
  const keyPackage = await newKeyPackage(bob.device, { nowMs: Date.now() })
  const pending = await commit(group, alice.device, { add: [keyPackage.keyPackage] })
  const joined = await join(bob.device, pending.welcome!, (reference) =>
    equalBytes(reference, keyPackage.reference) ? keyPackage.privatePart : undefined,
  )
  const chatOf = async (next: typeof group): Promise<LocalChat> => ({
    chatId,
    group: next,
    profile,
    position: 1n,
    logHashes: [new Uint8Array(32).fill(1)],
    epochs: [await epochSecretOf(next)],
    outbox: [],
    updateDue: false,
    standing: Standing.OPEN,
    ...UNTOUCHED,
    people: [alice.person, bob.person],
  })
  return {
    alice: { ...alice, chat: await chatOf(pending.next) },
    bob: { ...bob, chat: await chatOf(joined.group) },
  }
}

export function groupState(
  owner: Pick<Side, 'person'>,
  member: Pick<Side, 'person'>,
  profileHash: Uint8Array,
) {
  return createMessage(ChatStateSchema, {
    policyVersion: POLICY_VERSION,
    kind: ChatKind.GROUP,
    members: [
      { accountId: owner.person.accountId, role: Role.OWNER },
      { accountId: member.person.accountId, role: Role.MEMBER },
    ],
    rights: createMessage(RightsSchema, {
      write: Role.MEMBER,
      invite: Role.ADMIN,
      add: Role.ADMIN,
      remove: Role.ADMIN,
      rename: Role.ADMIN,
      keepHistory: Role.OWNER,
      joinerRole: Role.MEMBER,
    }),
    profileHash,
  })
}

/** The side's commit as the log's next entry; it is pending with the side. */
export async function commitBy(side: Side, intent: ChatIntent): Promise<Entry> {
  const { changes } = await prepareCommit(side.chat, side.device, intent)
  side.chat = applyChanges(side.chat, changes)
  return entryOfCommit(side, side.chat.pending!)
}

function entryOfCommit({ identity, chat }: Side, pending: PendingCommit): Entry {
  const { commit: mlsMessage, epoch } = loadPending(pending.saved)
  return createMessage(EntrySchema, {
    position: chat.position + 1n,
    kind: EntryKind.COMMIT,
    accountId: AccountId.toBytes(identity.accountId),
    deviceId: DeviceId.toBytes(identity.deviceId),
    messageId: pending.messageId,
    epoch: epoch - 1n,
    mlsMessage,
    contentCiphertext: pending.profile?.ciphertext ?? new Uint8Array(),
    wrappedKey: pending.wrappedProfileKey,
  })
}
