import type { Queryable } from '@veche/service-kit'
import type { HostId, Nickname, Priority, Recipient } from '../domain.ts'
import { toPriority } from './codes.ts'
import { jsonLists, type Lists } from './json-lists.ts'
import type { Nicknames } from './nicknames.ts'

/** What is the same for everyone who sees a message, and for ever (N12). */
export interface MessageContent {
  readonly sender: Nickname
  readonly text: string
  readonly sentAtMs: number
  /** As the sender set it. */
  readonly priority: Priority
  /** In the order of the sender's choice. */
  readonly recipients: readonly LastingRecipient[]
}

/** A group may be renamed. */
export type LastingRecipient =
  | Exclude<Recipient, { kind: 'group' }>
  | { readonly kind: 'group'; readonly groupId: number }

/** About 100,000 short messages. */
const usualMaxBytes = 48 * 2 ** 20

/** Contents by the ids of messages: those that were shown last need no reading, since panels show the same again and again. */
export class MessageContents {
  readonly #database: Queryable
  readonly #nicknames: Nicknames
  /** The first to come goes first. */
  readonly #known = new Map<number, MessageContent>()
  readonly #maxBytes: number
  #bytes = 0

  /** @param maxBytes how much is remembered, as estimated */
  constructor(database: Queryable, nicknames: Nicknames, maxBytes = usualMaxBytes) {
    this.#database = database
    this.#nicknames = nicknames
    this.#maxBytes = maxBytes
  }

  /** Those that there are. */
  async find(hostId: HostId, ids: Iterable<number>): Promise<ReadonlyMap<number, MessageContent>> {
    const found = new Map<number, MessageContent>()
    const unknown: number[] = []
    for (const id of ids) {
      const content = this.#known.get(keyOf(hostId, id))
      if (content === undefined) unknown.push(id)
      else found.set(id, content)
    }
    if (unknown.length > 0) await this.#read(hostId, unknown, found)
    return found
  }

  async #read(hostId: HostId, ids: readonly number[], found: Map<number, MessageContent>): Promise<void> {
    const row = await readContents(this.#database, hostId, ids)
    const { sender_id: senders } = row.messages
    const named = [...senders, ...row.addresses.user_id.filter((id) => id !== null)]
    const people = await this.#nicknames.find(hostId, new Set(named))
    for (const [id, content] of toContents(row, people)) {
      found.set(id, content)
      this.#remember(keyOf(hostId, id), content)
    }
  }

  #remember(key: number, content: MessageContent): void {
    if (this.#known.has(key)) return // another request has read it meanwhile
    this.#known.set(key, content)
    this.#bytes += bytesOf(content)
    for (const [oldest, forgotten] of this.#known) {
      if (this.#bytes <= this.#maxBytes) return
      this.#known.delete(oldest)
      this.#bytes -= bytesOf(forgotten)
    }
  }
}

/** Ids of hosts are below 2¹⁵, and numbers are exact up to 2⁵³. */
function keyOf(hostId: HostId, id: number): number {
  return hostId * 2 ** 38 + id
}

function bytesOf({ text, recipients }: MessageContent): number {
  return 250 + 2 * text.length + 50 * recipients.length
}

interface MessageColumn {
  id: number
  sender_id: number
  text: string
  sent_at_ms: number
  priority: number
  to_everyone: boolean
}

interface AddressColumn {
  message_id: number
  user_id: number | null
  group_id: number | null
}

interface ContentsRow {
  readonly messages: Lists<MessageColumn>
  readonly addresses: Lists<AddressColumn>
}

const statement = `WITH shown AS MATERIALIZED (
    SELECT id, sender_id, text, (date_part('epoch', sent_at) * 1000)::bigint AS sent_at_ms, priority, to_everyone
    FROM message WHERE host_id = $1 AND id = ANY ($2::bigint[])
  ), address AS MATERIALIZED (
    SELECT message_id, user_id, group_id FROM message_address
    WHERE host_id = $1 AND message_id = ANY ($2::bigint[]) ORDER BY message_id, position
  )
  SELECT ${jsonLists<MessageColumn>('shown', ['id', 'sender_id', 'text', 'sent_at_ms', 'priority', 'to_everyone'])} AS messages,
    ${jsonLists<AddressColumn>('address', ['message_id', 'user_id', 'group_id'])} AS addresses`

async function readContents(
  database: Queryable,
  hostId: HostId,
  ids: readonly number[],
): Promise<ContentsRow> {
  const { rows } = await database.query<ContentsRow>({
    name: 'read_contents',
    text: statement,
    values: [hostId, ids],
  })
  return rows[0]!
}

function* toContents(
  { messages, addresses }: ContentsRow,
  people: ReadonlyMap<number, Nickname>,
): Iterable<[id: number, MessageContent]> {
  const byMessage = Map.groupBy(addresses.message_id.keys(), (index) => addresses.message_id[index]!)
  const toRecipient = (index: number): LastingRecipient => {
    const groupId = addresses.group_id[index]!
    return groupId === null
      ? { kind: 'user', nickname: people.get(addresses.user_id[index]!)! }
      : { kind: 'group', groupId }
  }
  for (const [index, id] of messages.id.entries()) {
    const named = byMessage.get(id)?.map(toRecipient) ?? []
    yield [
      id,
      {
        sender: people.get(messages.sender_id[index]!)!,
        text: messages.text[index]!,
        sentAtMs: messages.sent_at_ms[index]!,
        priority: toPriority(messages.priority[index]!),
        recipients: messages.to_everyone[index]! ? [{ kind: 'everyone' }, ...named] : named,
      },
    ]
  }
}
