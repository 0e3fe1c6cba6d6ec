/** Two people with one device each in a private chat, without a server: what the log holds is made here. */
import { create as createMessage } from '@bufbuild/protobuf'
import { sha256 } from '@noble/hashes/sha2.js'
import {
  commit,
  create,
  createDevice,
  type Device,
  join,
  newKeyPackage,
  POLICY_VERSION,
  verifyCertificate,
} from '@veche/mls'
import {
  AccountId,
  ChatId,
  DeviceId,
  equalBytes,
  keyPairFromSeed,
  labelled,
  MessageId,
  randomId,
  sign,
} from '@veche/protocol'
import {
  type Application,
  type Entry,
  EntryKind,
  EntrySchema,
  type Person,
  PersonSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind, ChatStateSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { toChanges } from '../chat-record.ts'
import { encodeText } from '../content.ts'
import { applyChanges, epochSecretOf, type LocalChat, Standing, UNTOUCHED } from '../local-chat.ts'
import { entryHash, nextLogHash } from '../log-hash.ts'
import { sealMessage } from '../message-seal.ts'
import type { Reader } from '../receive-entry.ts'

export interface Side {
  readonly device: Device
  /** The account's signing key. */
  readonly accountSeed: Uint8Array
  readonly person: Person
  readonly identity: { readonly accountId: AccountId; readonly deviceId: DeviceId }
  readonly reader: Reader
  chat: LocalChat
}

export const NOW_MS = Date.UTC(2026, 0, 1)

/** Both stand at position 1, after the commit that made the chat. */
export async function createPair(): Promise<{ alice: Side; bob: Side }> {
  const [alice, bob] = [await newSide('alice'), await newSide('bob')]
  const chatId = randomId(ChatId)
  const members = [alice, bob].map(({ person }) => ({ accountId: person.accountId, role: Role.MEMBER }))
  const state = createMessage(ChatStateSchema, {
    policyVersion: POLICY_VERSION,
    kind: ChatKind.PRIVATE,
    members,
  })
  const group = await create(alice.device, { chatId, state })
  const keyPackage = await newKeyPackage(bob.device, { nowMs: Date.now() })
  const pending = await commit(group, alice.device, { add: [keyPackage.keyPackage] })
  const joined = await join(bob.device, pending.welcome!, (reference) =>
    equalBytes(reference, keyPackage.reference) ? keyPackage.privatePart : undefined,
  )
  const logHash = sha256(new Uint8Array(1))
  const common = { chatId, position: 1n, logHashes: [logHash], outbox: [], updateDue: false, ...UNTOUCHED }
  const chatOf = async (next: typeof group, peer: Person): Promise<LocalChat> => ({
    ...common,
    peer,
    group: next,
    epochs: [await epochSecretOf(next)],
    standing: Standing.OPEN,
  })
  return {
    alice: { ...alice, chat: await chatOf(pending.next, bob.person) },
    bob: { ...bob, chat: await chatOf(joined.group, alice.person) },
  }
}

export async function newSide(handle: string): Promise<Omit<Side, 'chat'>> {
  const seed = crypto.getRandomValues(new Uint8Array(32))
  const accountKey = (await keyPairFromSeed(seed)).publicKey
  const device = await createDevice((bytes) => sign(seed, bytes), accountKey)
  const identity = await verifyCertificate(device.certificate, device.signaturePublicKey)
  const accountId = sha256(labelled('veche account id v1', accountKey))
  const person = createMessage(PersonSchema, { accountId, accountKey, handle, displayName: handle })
  const reader = { ...identity, nowMs: NOW_MS, find: async () => undefined }
  return { device, accountSeed: seed, person, identity, reader }
}

/** What the side's device would send now; its ratchet moves on. */
export async function seal(
  side: Side,
  text: string,
  { messageId = randomId(MessageId), sentAtMs = NOW_MS }: { messageId?: MessageId; sentAtMs?: number } = {},
): Promise<{ messageId: MessageId; application: Application; content: Uint8Array }> {
  const { chat, device, identity } = side
  const content = encodeText({ ...identity, messageId, chatId: chat.chatId, sentAtMs }, text)
  const seen = { position: chat.position, hash: chat.logHashes.at(-1)! }
  const place = { chatId: chat.chatId, messageId, content, seen, historyKey: chat.epochs.at(-1)!.historyKey }
  const { application, delta } = await sealMessage(chat.group, device, place)
  const sealed = { messageId: MessageId.toBytes(messageId), delta, application }
  side.chat = applyChanges(chat, toChanges({ case: 'sealed', value: sealed }))
  return { messageId, application, content }
}

/** The message as the log's next entry. */
export function entryOf(
  { identity }: Pick<Side, 'identity'>,
  position: bigint,
  { messageId, application }: { messageId: MessageId; application: Application },
): Entry {
  return createMessage(EntrySchema, {
    position,
    kind: EntryKind.APPLICATION,
    accountId: AccountId.toBytes(identity.accountId),
    deviceId: DeviceId.toBytes(identity.deviceId),
    messageId: MessageId.toBytes(messageId),
    mlsMessage: application.mlsMessage,
    contentCiphertext: application.contentCiphertext,
    wrappedKey: application.wrappedKey,
  })
}

/** hash(position) after the entry. */
export function hashAfter(chat: LocalChat, entry: Entry): Uint8Array {
  return nextLogHash(chat.logHashes.at(-1)!, entryHash(entry))
}
