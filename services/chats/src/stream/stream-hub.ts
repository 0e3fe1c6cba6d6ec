/**
 * All delivery streams of this process: which device has one, which chats it follows, and who must be woken by
 * what was stored here or, by the bus, elsewhere. At most one stream a device.
 */
import { create } from '@bufbuild/protobuf'
import { AccountId, type ChatId, DeviceId } from '@veche/protocol'
import { type Entry, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Bus, Code, RpcError, type Subscription } from '@veche/service-kit'
import type { Appended } from '../append/append-entries.ts'
import { payloadBytes } from '../append/new-entry.ts'
import { entryKind, type PlacedEntry } from '../append/place-entry.ts'
import type { DeviceNumber, Member } from '../append/roster.ts'
import type { LiveEntry } from './device-queue.ts'
import type { DeviceStream } from './device-stream.ts'
import { LiveBatch } from './live-batch.ts'
import { decodeWakeUp, encodeWakeUp, WAKE_UP_TOPIC, type WakeUp } from './wake-up.ts'

/** How things stand in PostgreSQL, compared with what streams know in case a wake-up was lost. */
export interface PresentState {
  readonly heads: readonly { readonly chatId: ChatId; readonly position: bigint }[]
  readonly devices: readonly {
    readonly device: DeviceNumber
    readonly inboxPosition: bigint
    /** How many chats the device is in. */
    readonly chats: bigint
  }[]
}

export class StreamHub {
  readonly #bus: Bus
  /** 8 random bytes: this process, as the others know it. */
  readonly #process = crypto.getRandomValues(new Uint8Array(8))
  readonly #streams = new Map<DeviceNumber, DeviceStream>()
  readonly #byAccount = new Map<AccountId, Set<DeviceStream>>()
  readonly #followers = new Map<ChatId, Set<DeviceStream>>()
  readonly #followed = new Map<DeviceStream, Set<ChatId>>()
  #subscription: Subscription | undefined

  constructor(bus: Bus) {
    this.#bus = bus
  }

  async start(): Promise<void> {
    this.#subscription = await this.#bus.subscribe(WAKE_UP_TOPIC, (payload) => {
      const wakeUp = decodeWakeUp(this.#process, payload)
      if (wakeUp) this.#wakeFromElsewhere(wakeUp)
    })
  }

  stop(): void {
    this.#subscription?.[Symbol.dispose]()
    for (const stream of this.#streams.values()) {
      stream.end(new RpcError(Code.Unavailable, 'server_stopping', { retryAfterMs: 1000 }))
    }
  }

  get devices(): readonly DeviceNumber[] {
    return [...this.#streams.keys()]
  }

  get followedChats(): readonly ChatId[] {
    return [...this.#followers.keys()]
  }

  /** Those that are live in a chat that their devices are in. */
  followersOf(chatId: ChatId): Iterable<DeviceStream> {
    return this.#followers.get(chatId) ?? []
  }

  /** Those of an account's devices. */
  streamsOf(accountId: AccountId): Iterable<DeviceStream> {
    return this.#byAccount.get(accountId) ?? []
  }

  /** Takes a stream in; the one that the device had ends. */
  open(stream: DeviceStream): void {
    this.#endReplaced(stream.device)
    this.#streams.set(stream.device, stream)
    const own = this.#byAccount.get(stream.accountId) ?? new Set()
    this.#byAccount.set(stream.accountId, own.add(stream))
    this.#publish({ kind: 'replaced', devices: [stream.device] })
  }

  /** Forgets a stream that has ended. */
  close(stream: DeviceStream): void {
    if (this.#streams.get(stream.device) === stream) this.#streams.delete(stream.device)
    for (const chatId of this.#followed.get(stream) ?? []) this.#unfollow(stream, chatId)
    this.#followed.delete(stream)
    const own = this.#byAccount.get(stream.accountId)
    own?.delete(stream)
    if (own?.size === 0) this.#byAccount.delete(stream.accountId)
  }

  follow(stream: DeviceStream, chatIds: readonly ChatId[]): void {
    if (this.#streams.get(stream.device) !== stream) return
    const followed = this.#followed.get(stream) ?? new Set()
    this.#followed.set(stream, followed)
    for (const chatId of chatIds) {
      const followers = this.#followers.get(chatId) ?? new Set()
      this.#followers.set(chatId, followers.add(stream))
      followed.add(chatId)
    }
  }

  /** Lengthens the device's stream, wherever it is open. */
  renew(device: DeviceNumber, expiresAtMs: number): void {
    const stream = this.#streams.get(device)
    if (stream) stream.renew(expiresAtMs)
    else this.#publish({ kind: 'renewed', device, expiresAtMs })
  }

  /** Gives what this process has stored to the streams here, and tells the others. */
  stored({ entries, heads, receivedAtMs }: Appended): void {
    if (heads.length === 0) return
    for (const [chatId, placed] of Map.groupBy(entries, (entry) => entry.chatId)) {
      this.#deliver(chatId, placed, BigInt(receivedAtMs))
    }
    this.#publish({ kind: 'heads', heads })
  }

  inboxesChanged(devices: readonly DeviceNumber[]): void {
    for (const device of devices) this.#wakeInbox(device)
    this.#publish({ kind: 'inboxes', devices })
  }

  membershipsChanged(devices: readonly DeviceNumber[]): void {
    for (const device of devices) this.#wakeMembership(device)
    this.#publish({ kind: 'memberships', devices })
  }

  /** Wakes every stream that is behind what PostgreSQL has. */
  reconcile({ heads, devices }: PresentState): void {
    for (const { chatId, position } of heads) this.#wakeHead(chatId, position)
    for (const { device, inboxPosition, chats } of devices) {
      const stream = this.#streams.get(device)
      if (!stream) continue
      if (BigInt(this.#followed.get(stream)?.size ?? 0) !== chats) this.#wakeMembership(device)
      else if (stream.inboxPosition < inboxPosition) this.#wakeInbox(device)
    }
  }

  #deliver(chatId: ChatId, placed: readonly PlacedEntry[], receivedAtMs: bigint): void {
    let live: LiveEntry[] = []
    for (const entry of placed) {
      live.push(liveEntry(entry, receivedAtMs))
      if (!entry.membership) continue
      this.#give(chatId, live)
      live = []
      this.#change(chatId, entry.membership.removed, entry.membership.added)
    }
    this.#give(chatId, live)
  }

  #give(chatId: ChatId, entries: readonly LiveEntry[]): void {
    if (entries.length === 0) return
    const batch = new LiveBatch(chatId, entries)
    for (const stream of this.#followers.get(chatId) ?? []) stream.give(batch)
  }

  /** A removed device has got the commit that removed it, and gets nothing later. */
  #change(chatId: ChatId, removed: readonly Member[], added: readonly Member[]): void {
    for (const { device } of removed) {
      const stream = this.#streams.get(device)
      if (stream) this.#unfollow(stream, chatId)
    }
    const changed = [...removed, ...added].map(({ device }) => device)
    if (changed.length > 0) this.membershipsChanged(changed)
  }

  #wakeFromElsewhere(wakeUp: WakeUp): void {
    switch (wakeUp.kind) {
      case 'heads':
        for (const { chatId, position } of wakeUp.heads) this.#wakeHead(chatId, position)
        return
      case 'inboxes':
        for (const device of wakeUp.devices) this.#wakeInbox(device)
        return
      case 'memberships':
        for (const device of wakeUp.devices) this.#wakeMembership(device)
        return
      case 'replaced':
        for (const device of wakeUp.devices) this.#endReplaced(device)
        return
      case 'renewed':
        this.#streams.get(wakeUp.device)?.renew(wakeUp.expiresAtMs)
        return
      default:
        wakeUp satisfies never
    }
  }

  #wakeHead(chatId: ChatId, position: bigint): void {
    for (const stream of this.#followers.get(chatId) ?? []) {
      stream.queue.headMoved(chatId, position)
      stream.wake()
    }
  }

  #wakeInbox(device: DeviceNumber): void {
    const stream = this.#streams.get(device)
    stream?.queue.inboxChanged()
    stream?.wake()
  }

  #wakeMembership(device: DeviceNumber): void {
    const stream = this.#streams.get(device)
    stream?.queue.chatsChanged()
    stream?.wake()
  }

  #endReplaced(device: DeviceNumber): void {
    const stream = this.#streams.get(device)
    if (!stream) return
    stream.end(new RpcError(Code.Aborted, 'stream_replaced'))
    this.close(stream)
  }

  #unfollow(stream: DeviceStream, chatId: ChatId): void {
    const followers = this.#followers.get(chatId)
    followers?.delete(stream)
    this.#followed.get(stream)?.delete(chatId)
    if (followers?.size === 0) this.#followers.delete(chatId)
  }

  #publish(wakeUp: WakeUp): void {
    for (const payload of encodeWakeUp(this.#process, wakeUp)) {
      // A lost wake-up is made good by reconcile.
      this.#bus.publish(WAKE_UP_TOPIC, payload).catch(() => {})
    }
  }
}

/** The entry as it goes out: one object for every stream. */
function liveEntry(placed: PlacedEntry, receivedAtMs: bigint): LiveEntry {
  const { position, sender, messageId, epoch, mlsMessage, contentCiphertext, wrappedKey } = placed
  const entry: Entry = create(EntrySchema, {
    position,
    kind: entryKind(placed),
    accountId: AccountId.toBytes(sender.accountId),
    deviceId: DeviceId.toBytes(sender.deviceId),
    messageId,
    epoch,
    mlsMessage,
    contentCiphertext,
    wrappedKey,
    receivedAtMs,
  })
  return { entry, bytes: payloadBytes(placed) }
}
