/** What must be stored and shown when the ledger is right: who has which message, and how each of them sees it. */
import { type Color, type Priority, priorities } from '../../services/nichatka/src/domain.ts'
import type { Ledger, Sent } from './ledger.ts'

/** As the tables say it, in words. */
export interface StoredMessage {
  readonly id: string
  readonly sender: string
  readonly text: string
  readonly key: string
  readonly priority: Priority
  readonly toEveryone: boolean
  readonly parentId: string | undefined
}

export interface StoredView {
  readonly status: 'new' | 'read' | 'hidden'
  readonly color: Color | undefined
  readonly priority: Priority
  readonly isIncoming: boolean
}

export class Expectations {
  readonly #ledger: Ledger
  readonly #everyone: readonly string[]
  readonly #messages: ReadonlyMap<string, StoredMessage>
  readonly #sentByText: ReadonlyMap<string, Sent>
  readonly #readers = new Map<string, ReadonlySet<string>>()

  /** @param messages all that are stored, by id */
  constructor(ledger: Ledger, everyone: readonly string[], messages: ReadonlyMap<string, StoredMessage>) {
    this.#ledger = ledger
    this.#everyone = everyone
    this.#messages = messages
    this.#sentByText = new Map(ledger.sent.map((sent) => [sent.text, sent]))
  }

  /** Acknowledged and not there once, there and not acknowledged, or there with something else than was sent. */
  faults(): string[] {
    const stored = Map.groupBy(this.#messages.values(), ({ text }) => text)
    const lost = this.#ledger.sent.flatMap((sent) => {
      const count = stored.get(sent.text)?.length ?? 0
      return count === (sent.outcome === 'acknowledged' ? 1 : 0)
        ? []
        : [`${sent.outcome} and there ${count} times: ${sent.text}`]
    })
    return [...lost, ...[...this.#messages.values()].flatMap((message) => this.#faultOf(message) ?? [])]
  }

  #faultOf({ sender, key, text, priority, toEveryone, parentId }: StoredMessage): string | undefined {
    const sent = this.#sentByText.get(text)
    if (sent?.outcome !== 'acknowledged') return `there and never acknowledged: ${text}`
    const parent = parentId === undefined ? undefined : this.#messages.get(parentId)
    const isRight =
      sent.sender === sender &&
      sent.key === key &&
      (sent.to.kind === 'reply' ? sent.to.parentId : undefined) === parentId &&
      priority === (parent?.priority ?? sent.priority) &&
      (sent.priority === undefined || sent.priority === priority) &&
      toEveryone === this.#isToEveryone(sent, parent)
    return isRight ? undefined : `not as it was sent: ${text}`
  }

  #isToEveryone({ to, sender }: Sent, parent: StoredMessage | undefined): boolean {
    if (to.kind !== 'reply') return to.kind === 'everyone'
    return parent!.toEveryone && (to.toAll || parent!.sender === sender)
  }

  /** Whom a message is incoming to. */
  readersOf(id: string): ReadonlySet<string> {
    const known = this.#readers.get(id)
    if (known !== undefined) return known
    const message = this.#messages.get(id)!
    const readers = this.#findReaders(message)
    this.#readers.set(id, readers)
    return readers
  }

  #findReaders({ sender, text, toEveryone, parentId }: StoredMessage): ReadonlySet<string> {
    const { to } = this.#sentByText.get(text)!
    if (toEveryone) return new Set(this.#everyone.filter((nickname) => nickname !== sender))
    if (to.kind === 'chosen') {
      const members = to.groups.flatMap((group) => this.#ledger.groups.get(group)!)
      return new Set([...to.users, ...members.filter((member) => member !== sender)])
    }
    const parent = this.#messages.get(parentId!)!
    if (to.kind === 'reply' && !to.toAll && parent.sender !== sender) return new Set([parent.sender])
    const readers = new Set(this.readersOf(parent.id))
    // A reply to one's own goes to those who have it, oneself only where one had written to oneself.
    if (parent.sender !== sender) readers.add(parent.sender).delete(sender)
    return readers
  }

  /** How a user sees a message; undefined where it is none of theirs. */
  viewOf(nickname: string, id: string): StoredView | undefined {
    const message = this.#messages.get(id)!
    const isIncoming = this.readersOf(id).has(nickname)
    if (!isIncoming && message.sender !== nickname) return undefined
    const view = this.#ledger.views.get(`${nickname} ${id}`)
    const priority = view?.priority ?? 'sender'
    return {
      status: view?.status ?? (isIncoming ? 'new' : 'read'),
      color: view?.color === 'none' ? undefined : view?.color,
      priority: priority === 'sender' ? message.priority : priority,
      isIncoming,
    }
  }

  /** What the bell must say. */
  unreadOf(nickname: string): { readonly count: number; readonly highest: Priority | undefined } {
    const views = [...this.#messages.keys()].map((id) => this.viewOf(nickname, id))
    const fresh = views.filter((view) => view?.status === 'new').map((view) => view!.priority)
    return { count: fresh.length, highest: priorities.findLast((priority) => fresh.includes(priority)) }
  }
}
