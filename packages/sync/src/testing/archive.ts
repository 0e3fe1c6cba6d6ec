/** A log of messages as a server that has kept them gives it, and a device that came after them. No MLS is done for them. */
import { create } from '@bufbuild/protobuf'
import { sha256 } from '@noble/hashes/sha2.js'
import { importProfileKey, MemoryFiles } from '@veche/history'
import {
  AccountId,
  ChatId,
  DeviceId,
  EMPTY_LOG_HASH,
  hashArchived,
  hashLog,
  MessageId,
  randomId,
} from '@veche/protocol'
import {
  type ArchivedEntry,
  ArchivedEntrySchema,
  ChatDeviceSchema,
  EntryKind,
  type ListArchiveResponse,
  ListArchiveResponseSchema,
  ListSendersResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { HistoryKeySchema } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import { wrapContentKey } from '../archive-key.ts'
import { ArchiveReader, type ArchiveReaderOptions } from '../archive-reader.ts'
import { Chat, type ChatContext } from '../chat.ts'
import { decodeContent, encodeText } from '../content.ts'
import { sealContent } from '../content-seal.ts'
import type { SyncEvent } from '../events.ts'
import { HistoryKeyStore } from '../history-key-store.ts'
import { newArchive } from '../local-archive.ts'
import type { LocalChat } from '../local-chat.ts'
import { noSteps, type OnStep } from '../steps.ts'
import { createPair, NOW_MS, type Side } from './pair.ts'

export const ME_EPOCH = 5n

/** By epoch. */
export const KEYS = new Map([1n, 2n, 3n, 4n].map((epoch) => [epoch, new Uint8Array(32).fill(Number(epoch))]))

interface Saying {
  /** Whose name stands on the entry. */
  readonly as: Side
  /** Whose key has signed it; theirs by default. */
  readonly signedBy: Side
  readonly messageId: MessageId
}

export class KeptLog {
  readonly entries: ArchivedEntry[] = []
  readonly hashes: Uint8Array[] = [EMPTY_LOG_HASH]
  readonly alice: Side
  readonly bob: Side
  /** Positions that were asked for, by page. */
  readonly asked: bigint[] = []
  /** What the server makes of an answer. */
  tamper: (page: ListArchiveResponse) => void = () => {}
  senders: readonly Side[]
  failure: Error | undefined

  static async create(): Promise<KeptLog> {
    const { alice, bob } = await createPair()
    return new KeptLog(alice, bob)
  }

  private constructor(alice: Side, bob: Side) {
    this.alice = alice
    this.bob = bob
    this.senders = [alice, bob]
  }

  get head(): bigint {
    return BigInt(this.entries.length)
  }

  commit(): void {
    this.#add({ kind: EntryKind.COMMIT, entryHash: crypto.getRandomValues(new Uint8Array(32)) })
  }

  removed(): void {
    this.#add({ kind: EntryKind.REMOVED, entryHash: crypto.getRandomValues(new Uint8Array(32)) })
  }

  async say(text: string, epoch: bigint, how: Partial<Saying> = {}): Promise<void> {
    const { as = this.bob, signedBy = as, messageId = randomId(MessageId) } = how
    const { accountId, deviceId } = as.identity
    const place = { chatId: this.alice.chat.chatId, messageId }
    const content = encodeText({ ...as.identity, ...place, sentAtMs: NOW_MS }, text)
    const { key, ciphertext } = await sealContent(place, content, signedBy.device.signaturePrivateKey)
    this.#add({
      kind: EntryKind.APPLICATION,
      accountId: AccountId.toBytes(accountId),
      deviceId: DeviceId.toBytes(deviceId),
      messageId: MessageId.toBytes(messageId),
      epoch,
      mlsMessageHash: crypto.getRandomValues(new Uint8Array(32)),
      contentCiphertext: ciphertext,
      wrappedKey: await wrapContentKey(place, KEYS.get(epoch) ?? new Uint8Array(32), key),
    })
  }

  /** Entry 1 and three more commits, with so many messages between them. */
  async fill(count: number): Promise<this> {
    for (let epoch = 1n; epoch <= 4n; epoch++) {
      this.commit()
      for (let index = 0; index < count; index++)
        await this.say(`epoch ${epoch}, message ${index}`, epoch, { as: index % 2 ? this.alice : this.bob })
    }
    this.commit()
    return this
  }

  /** An entry as its hash alone. */
  hashOnly(position: number): ArchivedEntry {
    const entry = this.entries[position - 1]!
    return create(ArchivedEntrySchema, { position: entry.position, entryHash: hashArchived(sha256, entry) })
  }

  get server(): ArchiveReaderOptions['server'] {
    const listArchive = (request: { before?: bigint; limit?: number }) => this.#list(request)
    return { chats: { listArchive, listSenders: async () => this.#senders() } } as never
  }

  async #list({ before = 0n, limit = 0 }: { before?: bigint; limit?: number }): Promise<ListArchiveResponse> {
    if (this.failure) throw this.failure
    this.asked.push(before)
    const end = Number(before) - 1
    const start = Math.max(0, end - limit)
    const page = create(ListArchiveResponseSchema, {
      entries: this.entries.slice(start, end).map((entry) => ({ ...entry })),
      previousLogHash: this.hashes[start]!,
      more: start > 0,
    })
    this.tamper(page)
    return page
  }

  #senders() {
    const devices = this.senders.map(({ device, identity }) =>
      create(ChatDeviceSchema, {
        deviceId: DeviceId.toBytes(identity.deviceId),
        certificate: device.certificate,
        signatureKey: device.signaturePublicKey,
      }),
    )
    return create(ListSendersResponseSchema, { devices })
  }

  #add(fields: Partial<Omit<ArchivedEntry, '$typeName'>>): void {
    const position = this.head + 1n
    const entry = create(ArchivedEntrySchema, { ...fields, position })
    const hash = entry.kind === EntryKind.APPLICATION ? hashArchived(sha256, entry) : entry.entryHash
    this.entries.push(entry)
    this.hashes.push(hashLog(sha256, this.hashes.at(-1)!, hash))
  }
}

/** A device of Alice's that came in by the log's last entry. */
export class LateDevice {
  readonly log: KeptLog
  readonly events: SyncEvent[] = []
  readonly #files: MemoryFiles
  chat!: Chat
  reader!: ArchiveReader
  keys!: HistoryKeyStore
  onStep: OnStep = noSteps

  constructor(log: KeptLog, files = new MemoryFiles()) {
    this.log = log
    this.#files = files
  }

  get files(): MemoryFiles {
    return this.#files
  }

  /** @param epochs whose keys it knows; all of them by default */
  async begin(epochs: readonly bigint[] = [...KEYS.keys()], change: Partial<LocalChat> = {}): Promise<this> {
    const { log } = this
    const position = log.head
    const logHash = log.hashes.at(-1)!
    const context = await this.#context()
    this.chat = await Chat.create(context, {
      ...log.alice.chat,
      position,
      logHashes: [logHash],
      epochs: [],
      read: position,
      archive: newArchive(position, ME_EPOCH, logHash),
      ...change,
    })
    this.keys = await HistoryKeyStore.open(this.#files, context.profileKey, noSteps)
    await this.learn(epochs)
    this.#attach(context)
    return this
  }

  /** As begun and stored before. */
  async resume(): Promise<this> {
    const context = await this.#context()
    this.keys = await HistoryKeyStore.open(this.#files, context.profileKey, noSteps)
    this.chat = (await Chat.open(context, this.log.alice.chat.chatId))!
    this.#attach(context)
    return this
  }

  async learn(epochs: readonly bigint[]): Promise<void> {
    const chatId = this.log.alice.chat.chatId
    const keys = epochs.map((epoch) =>
      create(HistoryKeySchema, { chatId: ChatId.toBytes(chatId), epoch, key: KEYS.get(epoch)! }),
    )
    await this.keys.store({ case: 'opened', value: { keys, number: 1n } })
  }

  readAll(): Promise<void> {
    return this.reader.run(new AbortController().signal, () => {})
  }

  async texts(): Promise<string[]> {
    return (await this.chat.messages.read(100_000)).map(({ content }) => {
      const { body } = decodeContent(content)
      return body.kind === 'text' ? body.text : ''
    })
  }

  notices(): string[] {
    return this.events.flatMap((event) => (event.kind === 'notice' ? [event.notice.kind] : []))
  }

  #attach(context: ChatContext): void {
    const { log, chat, keys: historyKeys } = this
    this.reader = new ArchiveReader({ ...context, server: log.server, chats: [chat], historyKeys })
  }

  async #context(): Promise<ChatContext> {
    return {
      ...this.log.alice,
      files: this.#files,
      profileKey: await importProfileKey(new Uint8Array(32)),
      nowMs: () => NOW_MS,
      onEvent: (event: SyncEvent) => void this.events.push(event),
      onStep: (name: string) => this.onStep(name),
    }
  }
}
