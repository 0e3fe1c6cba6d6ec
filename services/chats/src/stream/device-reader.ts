/** What one device may read, from PostgreSQL, as its stream sends it. */
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { ChatId } from '@veche/protocol'
import {
  ChatType,
  type Entry,
  EntryKind,
  type InboxItem,
  InboxItemSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Database, type DataKey, dataKeyIdOf, readingSealed } from '@veche/service-kit'
import type { ChatKeys } from '../append/chat-keys.ts'
import { ChatSealing, decodeGroupWelcome } from '../append/payload.ts'
import type { NumberedDevice } from '../append/roster.ts'
import { type Accounts, chatView, entryView, peerView } from '../chat-view.ts'
import { type ChatRow, findChats } from '../database/chats.ts'
import {
  type EntryRange,
  findDeviceHead,
  readDeviceChats,
  readEntries,
  readWelcomeFacts,
  type WelcomeFacts,
} from '../database/device-log.ts'
import { type InboxRow, inboxKinds, readInbox } from '../database/inbox.ts'
import { findJoinRequests } from '../database/join-requests.ts'
import { findDelivered, findReadMarks } from '../database/marks.ts'
import { findMemberRequests } from '../database/member-requests.ts'
import { findPairs } from '../database/pairs.ts'
import { MAX_CHUNK_BYTES, MAX_LIST_ENTRIES, MAX_MISSED_READ_MARKS } from '../limits.ts'
import type { People } from '../people.ts'
import {
  type AnyRequest,
  incomingRequest,
  isToBeAnswered,
  outgoingRequest,
} from '../requests/request-view.ts'
import type { FollowedChat, InboxPage, StreamReader } from './device-stream.ts'
import type { SignalQueue } from './signal-queue.ts'

export interface DeviceReaderOptions {
  readonly database: Database
  readonly keys: ChatKeys
  readonly people: People
}

/** Everything that the items of one page refer to. */
interface Subjects {
  readonly chats: ReadonlyMap<ChatId, ChatRow>
  readonly welcomes: ReadonlyMap<string, WelcomeFacts>
  /** Of the Welcomes. */
  readonly dataKeys: ReadonlyMap<InboxRow, DataKey>
  readonly requests: ReadonlyMap<string, AnyRequest>
  readonly accounts: Accounts
}

export class DeviceReader implements StreamReader {
  readonly #options: DeviceReaderOptions
  readonly #owner: NumberedDevice

  constructor(options: DeviceReaderOptions, owner: NumberedDevice) {
    this.#options = options
    this.#owner = owner
  }

  readChats(): Promise<readonly FollowedChat[]> {
    return readDeviceChats(this.#options.database, this.#owner.device)
  }

  async readEntries(chatId: ChatId, after: bigint): Promise<readonly Entry[]> {
    return (await this.readLog(chatId, { after, limit: MAX_LIST_ENTRIES }))?.entries ?? []
  }

  /** A page of a log, at most 1 MiB, and the log's head; undefined for a chat that the device was never in. */
  async readLog(
    chatId: ChatId,
    { after, limit }: Pick<EntryRange, 'after' | 'limit'>,
  ): Promise<{ readonly entries: readonly Entry[]; readonly head: bigint } | undefined> {
    const { database, keys } = this.#options
    const head = await findDeviceHead(database, this.#owner.device, chatId)
    if (head === undefined) return undefined
    if (after >= head) return { entries: [], head }
    return readingSealed(async () => {
      const rows = await readEntries(database, chatId, {
        after,
        limit,
        until: head,
        maxBytes: MAX_CHUNK_BYTES,
      })
      const ids = rows.flatMap((row) => (row.kind === EntryKind.REMOVED ? [] : [dataKeyIdOf(row.payload)]))
      const sealing = await ChatSealing.load(keys, database, chatId, ids)
      return { entries: rows.map((row) => entryView(row, sealing)), head }
    })
  }

  async readInbox(after: bigint): Promise<InboxPage> {
    return readingSealed(async () => {
      const rows = await readInbox(this.#options.database, this.#owner.device, after)
      if (rows.length === 0) return { items: [], last: undefined }
      const subjects = await this.#readSubjects(rows)
      return { items: rows.flatMap((row) => this.#itemOf(row, subjects)), last: rows.at(-1)!.position }
    })
  }

  async readSignals(into: SignalQueue): Promise<void> {
    const { database } = this.#options
    for (const { chatId, position } of await findDelivered(database, this.#owner)) {
      into.delivered(chatId, position)
    }
    for (const { chatId, sealed, ...sender } of await findReadMarks(
      database,
      this.#owner,
      MAX_MISSED_READ_MARKS,
    )) {
      into.add({ kind: 'read-mark', chatId, sender, sealed })
    }
  }

  async #readSubjects(rows: readonly InboxRow[]): Promise<Subjects> {
    const { database, people } = this.#options
    const subjectsOf = (...kinds: number[]) => rows.filter(({ kind }) => kinds.includes(kind))
    const welcomed = subjectsOf(inboxKinds.welcome)
    const commits = welcomed.map((row) => ({
      chatId: ChatId.fromBytes(row.subject),
      position: row.logPosition!,
    }))
    const opened = subjectsOf(inboxKinds.chatOpened, inboxKinds.chatChanged).map(({ subject }) =>
      ChatId.fromBytes(subject),
    )
    const requested = subjectsOf(inboxKinds.request, inboxKinds.answer).map(({ subject }) => subject)
    const chatIds = [...opened, ...commits.map(({ chatId }) => chatId)]
    const chats = chatIds.length > 0 ? await findChats(database, chatIds) : []
    const facts = commits.length > 0 ? await readWelcomeFacts(database, commits) : []
    const requests: readonly AnyRequest[] =
      requested.length > 0
        ? [
            ...(await findPairs(database, requested)),
            ...(await findMemberRequests(database, requested)),
            ...(await findJoinRequests(database, requested)),
          ]
        : []
    const accounts = await people.find([
      ...chats.flatMap((chat) => chat.accounts),
      ...requests.map(({ asker }) => asker),
    ])
    return {
      chats: new Map(chats.map((chat) => [chat.chatId, chat])),
      welcomes: new Map(facts.map((welcome) => [placeOf(welcome), welcome])),
      dataKeys: await this.#readKeys(welcomed),
      requests: new Map(requests.map((request) => [hex(request.requestId), request])),
      accounts,
    }
  }

  async #readKeys(rows: readonly InboxRow[]): Promise<ReadonlyMap<InboxRow, DataKey>> {
    const { database, keys } = this.#options
    const welcomes = rows.flatMap((row) => (row.welcome ? [{ row, welcome: row.welcome }] : []))
    const found = await keys.dataKeys.find(
      database,
      welcomes.map(({ row, welcome }) => ({ owner: row.subject, id: dataKeyIdOf(welcome) })),
    )
    return new Map(welcomes.map(({ row }, index) => [row, found[index]!]))
  }

  /** Nothing for a request that has given way to another one. */
  #itemOf(row: InboxRow, subjects: Subjects): InboxItem[] {
    const item = this.#contentOf(row, subjects)
    return item ? [create(InboxItemSchema, { position: row.position, atMs: row.atMs, item })] : []
  }

  #contentOf(row: InboxRow, subjects: Subjects): MessageInitShape<typeof InboxItemSchema>['item'] {
    switch (row.kind) {
      case inboxKinds.welcome:
        return this.#welcomeOf(row, subjects)
      case inboxKinds.chatOpened: {
        const chat = subjects.chats.get(ChatId.fromBytes(row.subject))
        return chat && { case: 'chatOpened', value: chatView(chat, this.#owner.accountId, subjects.accounts) }
      }
      case inboxKinds.chatChanged: {
        const chat = subjects.chats.get(ChatId.fromBytes(row.subject))
        return (
          chat && { case: 'chatChanged', value: chatView(chat, this.#owner.accountId, subjects.accounts) }
        )
      }
      case inboxKinds.request: {
        const request = subjects.requests.get(hex(row.subject))
        const asker = request && subjects.accounts.get(request.asker)
        return asker && isToBeAnswered(request)
          ? { case: 'request', value: incomingRequest(request, asker) }
          : undefined
      }
      case inboxKinds.answer: {
        const request = subjects.requests.get(hex(row.subject))
        return request && { case: 'answer', value: outgoingRequest(request) }
      }
      case inboxKinds.devicesChanged:
        return { case: 'devicesChanged', value: { chatId: row.subject } }
      case inboxKinds.ownDevicesChanged:
        return { case: 'ownDevicesChanged', value: {} }
      default:
        return row.kind satisfies never
    }
  }

  #welcomeOf(
    row: InboxRow,
    { chats, welcomes, dataKeys, accounts }: Subjects,
  ): MessageInitShape<typeof InboxItemSchema>['item'] {
    const chatId = ChatId.fromBytes(row.subject)
    const position = row.logPosition!
    const facts = welcomes.get(placeOf({ chatId, position }))
    const chat = chats.get(chatId)
    const key = dataKeys.get(row)
    if (!facts || !chat || !key || !row.welcome) return undefined
    const peer = peerView(chat, this.#owner.accountId, accounts)
    const bytes = new ChatSealing(this.#options.keys, chatId, [key]).openWelcome(position, row.welcome)
    const value = {
      chatId: row.subject,
      ...(chat.type === ChatType.GROUP
        ? decodeGroupWelcome(bytes, this.#owner.accountId)
        : { welcome: bytes }),
      position,
      logHash: facts.logHash,
      ...(peer && { peer }),
      chat: chatView(chat, this.#owner.accountId, accounts),
    }
    return { case: 'welcome', value }
  }
}

function placeOf({ chatId, position }: { readonly chatId: ChatId; readonly position: bigint }): string {
  return `${chatId} ${position}`
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
