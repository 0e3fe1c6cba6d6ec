/**
 * What is shown of a page of messages, as a statement that begins with how the page is found: ids and views. $1 is the host,
 * $2 the user. It tells what is the reader's own and what changes; what a message says is mostly remembered
 * (`MessageContents`), and so are the names of groups. A page is one row. Ids are counted from 1, and so are numbers that
 * JSON holds exactly.
 */
import type { GroupId, MessageId, Recipient, Unread, User } from '../domain.ts'
import { type Message, maxBeginningChars } from '../store.ts'
import { toColor, toPriority, toStatus } from './codes.ts'
import type { GroupNames } from './group-names.ts'
import { jsonLists, type Lists } from './json-lists.ts'
import type { LastingRecipient, MessageContent, MessageContents } from './message-contents.ts'
import { toUnread, type UnreadCounts, unreadCounts } from './unread-counts.ts'

/** A moment of one user. */
export interface ShownMessages {
  /** Newest first. */
  readonly messages: Message[]
  readonly unread: Unread
}

/** What is remembered of what never changes, or of what is known to be as it was. */
export interface Memory {
  readonly contents: MessageContents
  readonly groupNames: GroupNames
}

export interface ShownRow {
  readonly unread: UnreadCounts
  readonly group_renames: number
  readonly page: Lists<PageColumn>
  /** Those that answer a message that the user sees, too. */
  readonly quoting: Lists<QuotingColumn>
  /** Of the others those whose thread holds another message that the user sees. */
  readonly in_threads: readonly number[]
}

interface PageColumn {
  id: number
  status: number
  color: number
  shown_priority: number
  incoming: boolean
  outgoing: boolean
}

interface QuotingColumn {
  id: number
  parent_id: number
}

/**
 * @param page selects `id` and `viewNames`
 * @param columns further ones, of `page`, of the user `u` and the host `h`
 * @param tables what `page` and `columns` are selected from, as those of WITH
 */
export function shownStatement(page: string, columns = '', tables = ''): string {
  return `WITH ${tables} page AS MATERIALIZED (${page}), ${replies}
    SELECT ${columns} ${shownColumns}
    FROM ${userAndHost}`
}

/** `u` and `h`. Nothing is new to a user of another host. */
export const userAndHost = 'host h LEFT JOIN app_user u ON u.host_id = h.id AND u.id = $2 WHERE h.id = $1'

/**
 * The user has a row of it, or it went to everyone after the user was known. Not EXISTS, which PostgreSQL may answer by
 * reading all rows of the user at once.
 */
const isVisible = (id: string) => `(
  (SELECT true FROM delivery o WHERE o.host_id = $1 AND o.user_id = $2 AND o.message_id = ${id})
  OR (SELECT true FROM message b WHERE b.host_id = $1 AND b.id = ${id} AND b.to_everyone
    AND b.id >= (SELECT sees_from_message_id FROM app_user WHERE host_id = $1 AND id = $2)))`

/** A page is looked up among replies alone: what is none begins its thread. */
const replies = `reply AS MATERIALIZED (
    SELECT r.id, r.thread_id, r.parent_id, ${isVisible('r.parent_id')} IS TRUE AS is_quoting FROM message r
    WHERE r.host_id = $1 AND r.parent_id IS NOT NULL AND r.id = ANY (ARRAY(SELECT id FROM page))
  ), quoting AS (SELECT id, parent_id FROM reply WHERE is_quoting
  ), in_thread AS (
    SELECT id FROM page WHERE EXISTS (SELECT FROM message t
      WHERE t.host_id = $1 AND t.thread_id = page.id AND t.parent_id IS NOT NULL AND ${isVisible('t.id')})
    UNION ALL
    SELECT id FROM reply WHERE NOT is_quoting AND EXISTS (SELECT FROM message t
      WHERE t.host_id = $1 AND t.thread_id = reply.thread_id AND t.id <> reply.id AND ${isVisible('t.id')}))`

const shownColumns = `CASE WHEN u.id IS NULL THEN '{0,0,0}' ELSE ${unreadCounts} END AS unread, h.group_renames,
  ${jsonLists<PageColumn>('page', ['id', 'status', 'color', 'shown_priority', 'incoming', 'outgoing'])} AS page,
  ${jsonLists<QuotingColumn>('quoting', ['id', 'parent_id'])} AS quoting,
  (SELECT coalesce(json_agg(id), '[]') FROM in_thread) AS in_threads`

export async function toShown(row: ShownRow, { hostId }: User, memory: Memory): Promise<ShownMessages> {
  const { page, quoting } = row
  const contents = await memory.contents.find(hostId, new Set([...page.id, ...quoting.parent_id]))
  const groups = await memory.groupNames.find(hostId, row.group_renames, groupsIn(contents.values()))
  const messages = new Page(row, contents, groups).messages()
  return { messages: messages.sort((a, b) => (a.id < b.id ? 1 : -1)), unread: toUnread(row.unread) }
}

function* groupsIn(contents: Iterable<MessageContent>): Iterable<number> {
  for (const { recipients } of contents)
    for (const recipient of recipients) if (recipient.kind === 'group') yield recipient.groupId
}

/** The rows of a page by their ids. */
class Page {
  readonly #row: ShownRow
  readonly #contents: ReadonlyMap<number, MessageContent>
  readonly #groups: ReadonlyMap<number, string>
  readonly #parents: ReadonlyMap<number, number>
  readonly #inThreads: ReadonlySet<number>

  constructor(
    row: ShownRow,
    contents: ReadonlyMap<number, MessageContent>,
    groups: ReadonlyMap<number, string>,
  ) {
    const { quoting } = row
    this.#row = row
    this.#contents = contents
    this.#groups = groups
    this.#parents = new Map(quoting.id.map((id, index) => [id, quoting.parent_id[index]!]))
    this.#inThreads = new Set(row.in_threads)
  }

  messages(): Message[] {
    return this.#row.page.id.map((id, index) => this.#message(id, index))
  }

  #message(id: number, index: number): Message {
    const { page } = this.#row
    const { sender, recipients, text, sentAtMs, priority } = this.#contents.get(id)!
    const parent = this.#parent(this.#parents.get(id))
    return {
      id: BigInt(id) as MessageId,
      sender,
      recipients: recipients.map((recipient) => this.#recipient(recipient)),
      text,
      sentAtMs,
      priority,
      shownPriority: toPriority(page.shown_priority[index]!),
      color: toColor(page.color[index]!),
      status: toStatus(page.status[index]!),
      isOutgoing: page.outgoing[index]!,
      isIncoming: page.incoming[index]!,
      parent,
      hasThread: parent !== undefined || this.#inThreads.has(id),
    }
  }

  #parent(id: number | undefined): Message['parent'] {
    if (id === undefined) return undefined
    const { sender, text } = this.#contents.get(id)!
    return { id: BigInt(id) as MessageId, sender, beginning: beginningOf(text) }
  }

  #recipient(recipient: LastingRecipient): Recipient {
    if (recipient.kind !== 'group') return recipient
    const { groupId } = recipient
    return { kind: 'group', groupId: BigInt(groupId) as GroupId, name: this.#groups.get(groupId)! }
  }
}

/** A character outside the basic plane is two units of a string. */
function beginningOf(text: string): string {
  if (text.length <= maxBeginningChars) return text
  return [...text.slice(0, 2 * maxBeginningChars)].slice(0, maxBeginningChars).join('')
}
