/**
 * What a device does with the items of its inbox: what an item brings is stored, and that it was taken. Whoever dies in
 * between is given it again.
 */
import { view } from '@veche/mls'
import { ChatId } from '@veche/protocol'
import type { InboxItem, Chat as WireChat } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { SEE_OWN_DEVICES } from './account-devices.ts'
import { endedAsking } from './asking.ts'
import type { Chat } from './chat.ts'
import type { SyncEvent } from './events.ts'
import { type JoinOutcome, joinChat } from './join-chat.ts'
import type { Joiner } from './joiner.ts'
import { isGroup, Standing } from './local-chat.ts'
import type { Maintenance } from './maintenance.ts'
import type { Marks } from './marks.ts'
import { afterAnswer } from './member-intents.ts'
import { UNREADABLE_PROFILE } from './receive-entry.ts'
import type { Sessions } from './sessions.ts'

export interface InboxOptions extends Joiner {
  readonly sessions: Sessions
  readonly maintenance: Maintenance
  readonly marks: Marks
  readonly onEvent: (event: SyncEvent) => void
  /** From 0 to 1. */
  readonly random: () => number
  /** The most a device waits before it follows a change that all devices of a group are told of; milliseconds. */
  readonly maxUpdateDelayMs: number
}

/** So many more devices, so much longer a while for the first of them to be alone. */
const DELAY_A_DEVICE_MS = 300

export class Inbox {
  readonly #options: InboxOptions

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /** Stores what the item brings, then that it was taken. @returns the chat that is new by it */
  async take({ position, item }: InboxItem): Promise<Chat | undefined> {
    const { store, sessions, onEvent } = this.#options
    const taken = { case: 'inboxPosition', value: position } as const
    if (item.case === 'welcome') {
      const outcome = await joinChat(this.#options, item.value)
      if (outcome.kind === 'refused') await this.#notJoined(outcome, ChatId.fromBytes(item.value.chatId))
      await store.store(taken)
      return this.#afterJoin(outcome)
    }
    if (item.case === 'devicesChanged') {
      const intent = { case: 'followDevices', value: item.value.chatId } as const
      await store.store({ case: 'intent', value: { intent } }, taken)
      this.#followLater(item.value.chatId)
      return undefined
    }
    if (item.case === 'ownDevicesChanged') {
      await store.store({ case: 'intent', value: SEE_OWN_DEVICES }, taken)
      sessions.maintain()
      return undefined
    }
    if (item.case === 'chatChanged') await this.learnWishes(item.value, { told: true })
    const ended = item.case === 'answer' && endedAsking(store.state, item.value)
    if (ended) await store.erase({ case: 'joiningEnded', value: ended.chatId })
    const intents = item.case === 'answer' ? afterAnswer(store.state, item.value) : []
    await store.store(...intents, taken)
    if (intents.length > 0) sessions.maintain()
    if (item.case === 'request') onEvent({ kind: 'request', request: item.value })
    if (item.case === 'answer') onEvent({ kind: 'answer', answer: item.value })
    return undefined
  }

  /** Nothing where the device is not in the chat yet: its Welcome tells. @param told by the inbox, or else an answer */
  async learnWishes(chat: WireChat, how: { told: boolean }): Promise<void> {
    await this.#options.chats.get(ChatId.fromBytes(chat.chatId))?.keeping.learnWishes(chat, how)
  }

  async #notJoined({ successor }: { readonly successor?: boolean }, chatId: ChatId): Promise<void> {
    const { maintenance, sessions } = this.#options
    if (!successor) return maintenance.notJoined(chatId)
    maintenance.notFollowed(chatId)
    sessions.maintain()
  }

  #afterJoin(outcome: JoinOutcome): Chat | undefined {
    const { chats, store, sessions, maintenance, marks, onEvent } = this.#options
    if (outcome.kind === 'refused')
      onEvent({
        kind: 'notice',
        notice: { kind: outcome.successor ? 'parted' : 'not-joined', detail: outcome.detail },
      })
    if (outcome.kind !== 'joined') return undefined
    maintenance.stockUsed(outcome)
    const { chatId, isUnreadable } = outcome
    sessions.readOlder()
    if (sessions.isLive) marks.pull()
    const chat = chats.get(chatId)
    if (store.state.intents.length > 0) sessions.maintain()
    if (outcome.begunAnew) sessions.maintain()
    else if (outcome.healed) this.#healed(chatId)
    else onEvent({ kind: 'chat', chat: chatId, since: outcome.since })
    if (isUnreadable) onEvent({ kind: 'notice', notice: { ...UNREADABLE_PROFILE, chat: chatId } })
    if (chat?.state.standing === Standing.CHANGED_BINDING)
      onEvent({ kind: 'notice', notice: { kind: 'changed-binding', chat: chatId } })
    return chat
  }

  /** What it could not do for others before, it can do now. */
  #healed(chat: ChatId): void {
    const { sessions, onEvent } = this.#options
    onEvent({ kind: 'notice', notice: { kind: 'healed', chat } })
    sessions.maintain()
  }

  /** All devices of a group are told at once: the first that commits saves the others the work. */
  #followLater(chatId: Uint8Array): void {
    const { chats, sessions, random, maxUpdateDelayMs } = this.#options
    if (!sessions.isLive) return
    const chat = chats.get(ChatId.fromBytes(chatId))
    const others = chat && isGroup(chat.state) ? view(chat.state.group).members.length - 1 : 0
    sessions.maintain({ afterMs: random() * Math.min(maxUpdateDelayMs, others * DELAY_A_DEVICE_MS) })
  }
}
