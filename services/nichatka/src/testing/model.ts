/**
 * What `Store` promises, said as plainly as can be: every message with everybody who has it, in memory. Tests hold the
 * store against it.
 */
import type { Color, GroupId, MessageId, Nickname, Priority, Status, Unread } from '../domain.ts'
import type { MessageChange, MessageFilter, NewMessage, SendResult } from '../store.ts'

export interface ModelView {
  isIncoming: boolean
  readonly isOutgoing: boolean
  status: Status
  color: Color | undefined
  shownPriority: Priority
}

export interface ModelMessage {
  readonly id: MessageId
  readonly sender: Nickname
  readonly text: string
  readonly sentAtMs: number
  readonly priority: Priority
  readonly parent: ModelMessage | undefined
  readonly thread: MessageId
  readonly toEveryone: boolean
  /** By name. */
  readonly named: readonly Nickname[]
  readonly groups: readonly GroupId[]
  readonly views: Map<Nickname, ModelView>
}

export interface ModelGroup {
  name: string
  readonly members: Set<Nickname>
  isArchived: boolean
}

const day = 24 * 60 * 60 * 1000

export class ModelHost {
  readonly users = new Set<Nickname>()
  readonly messages: ModelMessage[] = []
  readonly groups = new Map<GroupId, ModelGroup>()
  readonly keys = new Map<string, MessageId>()

  addUser(nickname: Nickname, nowMs: number): void {
    if (this.users.has(nickname)) return
    this.users.add(nickname)
    const first = this.messages.findIndex(({ sentAtMs }) => sentAtMs >= nowMs - 30 * day)
    for (const message of first < 0 ? [] : this.messages.slice(first)) {
      if (message.toEveryone) receive(message, nickname)
    }
  }

  /** What sending must answer, but for the id of a message that is sent. */
  refusalOf(sender: Nickname, message: NewMessage): SendResult['kind'] {
    if (this.keys.has(`${sender} ${message.key}`)) return 'repeated'
    if (message.kind === 'first') {
      const known = message.to.every(
        (address) => address.kind !== 'group' || this.groups.get(address.groupId)?.isArchived === false,
      )
      return known ? 'sent' : 'group_unknown'
    }
    const parent = this.find(sender, message.parent)
    if (parent === undefined) return 'message_unknown'
    return message.priority === undefined || message.priority === parent.priority
      ? 'sent'
      : 'priority_differs'
  }

  send(sender: Nickname, message: NewMessage, { id, nowMs }: { id: MessageId; nowMs: number }): void {
    this.keys.set(`${sender} ${message.key}`, id)
    const parent = message.kind === 'reply' ? this.find(sender, message.parent) : undefined
    const addressed = this.#addressed(sender, message, parent)
    for (const nickname of addressed.named) this.addUser(nickname, nowMs)
    const sent: ModelMessage = {
      id,
      sender,
      text: message.text,
      sentAtMs: nowMs,
      priority: parent?.priority ?? (message.kind === 'first' ? message.priority : 'ordinary'),
      parent,
      thread: parent?.thread ?? id,
      views: new Map(),
      ...addressed,
    }
    this.messages.push(sent)
    const { priority } = sent
    sent.views.set(sender, {
      isIncoming: false,
      isOutgoing: true,
      status: 'read',
      color: undefined,
      shownPriority: priority,
    })
    const others = addressed.toEveryone ? this.users : addressed.readers
    for (const nickname of others) if (nickname !== sender) receive(sent, nickname)
    if (addressed.named.includes(sender)) receive(sent, sender)
  }

  #addressed(sender: Nickname, message: NewMessage, parent: ModelMessage | undefined) {
    if (message.kind === 'first') {
      const named = new Set<Nickname>()
      const groups = new Set<GroupId>()
      for (const address of message.to) {
        if (address.kind === 'user') named.add(address.nickname)
        if (address.kind === 'group') groups.add(address.groupId)
      }
      const members = [...groups].flatMap((id) => [...this.groups.get(id)!.members])
      return {
        named: [...named],
        groups: [...groups],
        readers: new Set([...named, ...members]),
        toEveryone: message.to.some(({ kind }) => kind === 'everyone'),
      }
    }
    const { sender: first, named, groups, views, toEveryone } = parent!
    const received = [...views].filter(([, { isIncoming }]) => isIncoming).map(([nickname]) => nickname)
    if (first === sender) return { named, groups, readers: new Set(received), toEveryone }
    if (message.replyTo === 'sender') {
      return { named: [first], groups: [], readers: new Set([first]), toEveryone: false }
    }
    return {
      named: [first, ...named.filter((nickname) => nickname !== sender && nickname !== first)],
      groups,
      readers: new Set([first, ...received]),
      toEveryone,
    }
  }

  find(nickname: Nickname, id: MessageId): ModelMessage | undefined {
    return this.messages.find((message) => message.id === id && message.views.has(nickname))
  }

  change(nickname: Nickname, id: MessageId, { color, priority, status }: MessageChange): boolean {
    const message = this.find(nickname, id)
    const view = message?.views.get(nickname)
    if (message === undefined || view === undefined) return false
    if (color !== undefined) view.color = color === 'none' ? undefined : color
    if (priority !== undefined) view.shownPriority = priority === 'sender' ? message.priority : priority
    if (status !== undefined) view.status = status
    return true
  }

  unread(nickname: Nickname): Unread {
    const unread = { ordinary: 0, important: 0, critical: 0 }
    for (const { views } of this.messages) {
      const view = views.get(nickname)
      if (view?.status === 'new') unread[view.shownPriority]++
    }
    return unread
  }

  /** Newest first. */
  list(
    nickname: Nickname,
    filter: MessageFilter,
    isText: (text: string, query: string) => boolean,
  ): ModelMessage[] {
    const thread = this.messages.find(({ id, views }) => id === filter.thread && views.has(nickname))?.thread
    return this.messages
      .filter((message) => {
        const view = message.views.get(nickname)
        return (
          view !== undefined &&
          (filter.box === 'all' || (filter.box === 'incoming' ? view.isIncoming : view.isOutgoing)) &&
          filter.statuses.includes(view.status) &&
          (filter.color === undefined || filter.color === (view.color ?? 'none')) &&
          (filter.priority === undefined || filter.priority === view.shownPriority) &&
          (filter.from === undefined || filter.from === message.sender) &&
          (filter.to === undefined || message.named.includes(filter.to)) &&
          (filter.groupId === undefined || message.groups.includes(filter.groupId)) &&
          (filter.sinceMs === undefined || message.sentAtMs >= filter.sinceMs) &&
          (filter.untilMs === undefined || message.sentAtMs < filter.untilMs) &&
          (filter.query === undefined || isText(message.text, filter.query)) &&
          (filter.thread === undefined || message.thread === thread)
        )
      })
      .reverse()
  }
}

function receive(message: ModelMessage, nickname: Nickname): void {
  const own = message.views.get(nickname)
  if (own !== undefined) {
    own.isIncoming = true
    own.status = 'new'
    return
  }
  message.views.set(nickname, {
    isIncoming: true,
    isOutgoing: false,
    status: 'new',
    color: undefined,
    shownPriority: message.priority,
  })
}
