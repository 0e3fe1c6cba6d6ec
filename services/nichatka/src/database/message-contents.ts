import type { Queryable } from '@veche/service-kit'
import type { HostId, Priority } from '../domain.ts'
import { toPriority } from './codes.ts'
import { jsonLists, type Lists } from './json-lists.ts'

/** What is the same for everyone who sees a message, and for ever (N12); people and groups by their ids. */
export interface MessageContent {
  readonly senderId: number
  readonly text: string
  readonly sentAtMs: number
  /** As the sender set it. */
  readonly priority: Priority
  readonly toEveryone: boolean
  /** Besides everyone, in the order of the sender's choice. */
  readonly addresses: readonly ContentAddress[]
}

export type ContentAddress = { readonly userId: number } | { readonly groupId: number }

/** About 100,000 short messages. */
const usualMaxBytes = 48 * 2 ** 20

/** Contents by the ids of messages: those that were shown last need no reading, since panels show the same again and again. */
export class MessageContents {
  readonly #database: Queryable
  /** The first to come goes first. */
  readonly #known = new Map<number, MessageContent>()
  readonly #maxBytes: number
  #bytes = 0

  /** @param maxBytes how much is remembered, as estimated */
  constructor(database: Queryable, maxBytes = usualMaxBytes) {
    this.#database = database
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
    if (unknown.length > 0) {
      for (const [id, content] of await readContents(this.#database, hostId, unknown)) {
        found.set(id, content)
        this.#remember(keyOf(hostId, id), content)
      }
    }
    return found
  }

  #remember(key: number, content: MessageContent): void {
    if (this.#known.has(key)) return // another request has read it meanwhile
    this.#known.set(key, content)
    this.#bytes += bytesOf(content)
    for (const [oldest, { text, addresses }] of this.#known) {
      if (this.#bytes <= this.#maxBytes) return
      this.#known.delete(oldest)
      this.#bytes -= bytesOf({ text, addresses })
    }
  }
}

/** Ids of hosts are below 2¹⁵, and numbers are exact up to 2⁵³. */
function keyOf(hostId: HostId, id: number): number {
  return hostId * 2 ** 38 + id
}

function bytesOf({ text, addresses }: Pick<MessageContent, 'text' | 'addresses'>): number {
  return 250 + 2 * text.length + 50 * addresses.length
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
): Promise<Map<number, MessageContent>> {
  const { rows } = await database.query<ContentsRow>({
    name: 'read_contents',
    text: statement,
    values: [hostId, ids],
  })
  const { messages, addresses } = rows[0]!
  const byMessage = Map.groupBy(addresses.message_id.keys(), (index) => addresses.message_id[index]!)
  const toAddress = (index: number): ContentAddress => {
    const groupId = addresses.group_id[index]!
    return groupId === null ? { userId: addresses.user_id[index]! } : { groupId }
  }
  return new Map(
    messages.id.map((id, index) => [
      id,
      {
        senderId: messages.sender_id[index]!,
        text: messages.text[index]!,
        sentAtMs: messages.sent_at_ms[index]!,
        priority: toPriority(messages.priority[index]!),
        toEveryone: messages.to_everyone[index]!,
        addresses: byMessage.get(id)?.map(toAddress) ?? [],
      },
    ]),
  )
}
