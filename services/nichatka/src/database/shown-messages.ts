/**
 * What is shown of a page of messages, as a statement that begins with how the page is found: ids and views. $1 is the host,
 * $2 the user. Each kind of row is looked up once for the whole page, and each of its columns comes as one list of JSON, so
 * that a page is one row; what belongs together is put together here. All this costs both sides less than joins and
 * rows do. Nicknames are mostly known. Ids are counted from 1, and so are numbers that JSON holds exactly.
 */
import type { GroupId, MessageId, Nickname, Recipient, Unread, User } from '../domain.ts'
import { type Message, maxBeginningChars } from '../store.ts'
import { toColor, toPriority, toStatus } from './codes.ts'
import type { Nicknames } from './nicknames.ts'
import { toUnread, type UnreadCounts, unreadCounts } from './unread-counts.ts'

/** A moment of one user. */
export interface ShownMessages {
  /** Newest first. */
  readonly messages: Message[]
  readonly unread: Unread
}

export interface ShownRow {
  readonly unread: UnreadCounts
  readonly page: Lists<PageColumn>
  readonly shown: Lists<ShownColumn>
  readonly parents: Lists<ParentColumn>
  readonly recipients: Lists<RecipientColumn>
  readonly groups: Lists<GroupColumn>
  /** Those whose thread holds another message that the user sees. */
  readonly in_threads: readonly number[]
}

/** Of one length. */
type Lists<Row> = { readonly [Name in keyof Row]: readonly Row[Name][] }

interface PageColumn {
  id: number
  status: number
  color: number
  shown_priority: number
  incoming: boolean
  outgoing: boolean
}

interface ShownColumn {
  id: number
  sender_id: number
  text: string
  sent_at_ms: number
  priority: number
  to_everyone: boolean
  parent_id: number | null
}

interface ParentColumn {
  id: number
  sender_id: number
  beginning: string
}

/** To a user or to a group. */
interface RecipientColumn {
  message_id: number
  user_id: number | null
  group_id: number | null
}

interface GroupColumn {
  id: number
  name: string
}

/** @param page selects `id` and `viewNames`. @param columns further ones, of `page` and of tables */
export function shownStatement(page: string, columns = ''): string {
  return `WITH page AS MATERIALIZED (${page}), ${lookups}
    SELECT ${columns} ${shownColumns}`
}

/**
 * The user has a row of it, or it went to everyone after the user was known. Not EXISTS, which PostgreSQL may answer by
 * reading all rows of the user at once.
 */
const isVisible = (id: string) => `(
  (SELECT true FROM delivery o WHERE o.host_id = $1 AND o.user_id = $2 AND o.message_id = ${id})
  OR (SELECT true FROM message b WHERE b.host_id = $1 AND b.id = ${id} AND b.to_everyone
    AND b.id >= (SELECT sees_from_message_id FROM app_user WHERE host_id = $1 AND id = $2)))`

const lookups = `shown AS MATERIALIZED (
    SELECT id, sender_id, text, (date_part('epoch', sent_at) * 1000)::bigint AS sent_at_ms, priority, to_everyone,
      parent_id, thread_id
    FROM message WHERE host_id = $1 AND id = ANY (ARRAY(SELECT id FROM page))
  ), parent AS MATERIALIZED (
    SELECT id, sender_id, left(text, ${maxBeginningChars}) AS beginning
    FROM message WHERE host_id = $1 AND id = ANY (ARRAY(
      SELECT parent_id FROM shown WHERE parent_id IS NOT NULL AND ${isVisible('shown.parent_id')}))
  ), recipient AS MATERIALIZED (
    SELECT message_id, user_id, group_id FROM message_address
    WHERE host_id = $1 AND message_id = ANY (ARRAY(SELECT id FROM page)) ORDER BY message_id, position
  ), addressed_group AS (
    SELECT id, name FROM user_group WHERE host_id = $1 AND id = ANY (ARRAY(SELECT group_id FROM recipient)))`

/** The parent itself is known already. */
const inThreads = `(SELECT coalesce(json_agg(id), '[]') FROM shown m WHERE EXISTS (
  SELECT FROM message t WHERE t.host_id = $1 AND t.thread_id = m.thread_id AND t.id <> m.id
    AND t.id IS DISTINCT FROM m.parent_id AND ${isVisible('t.id')}))`

const shownColumns = `
  -- Nothing is new to a user of another host.
  coalesce((SELECT ${unreadCounts} FROM app_user u JOIN host h ON h.id = u.host_id
    WHERE u.host_id = $1 AND u.id = $2), '{0,0,0}') AS unread,
  ${lists<PageColumn>('page', ['id', 'status', 'color', 'shown_priority', 'incoming', 'outgoing'])} AS page,
  ${lists<ShownColumn>('shown', ['id', 'sender_id', 'text', 'sent_at_ms', 'priority', 'to_everyone', 'parent_id'])} AS shown,
  ${lists<ParentColumn>('parent', ['id', 'sender_id', 'beginning'])} AS parents,
  ${lists<RecipientColumn>('recipient', ['message_id', 'user_id', 'group_id'])} AS recipients,
  ${lists<GroupColumn>('addressed_group', ['id', 'name'])} AS groups,
  ${inThreads} AS in_threads`

function lists<Row>(table: string, names: readonly (keyof Row & string)[]): string {
  const pairs = names.map((name) => `'${name}', coalesce(json_agg(${name}), '[]')`)
  return `(SELECT json_build_object(${pairs.join(', ')}) FROM ${table})`
}

export async function toShown(row: ShownRow, { hostId }: User, nicknames: Nicknames): Promise<ShownMessages> {
  const ids = [...row.shown.sender_id, ...row.parents.sender_id, ...row.recipients.user_id]
  const people = await nicknames.find(hostId, new Set(ids.filter((id) => id !== null)))
  const messages = new Page(row, people).messages()
  return { messages: messages.sort((a, b) => (a.id < b.id ? 1 : -1)), unread: toUnread(row.unread) }
}

/** The rows of a page by their ids. */
class Page {
  readonly #row: ShownRow
  readonly #views: ReadonlyMap<number, number>
  readonly #parents: ReadonlyMap<number, number>
  readonly #nicknames: ReadonlyMap<number, Nickname>
  readonly #recipients: ReadonlyMap<number, readonly Recipient[]>
  readonly #inThreads: ReadonlySet<number>

  constructor(row: ShownRow, nicknames: ReadonlyMap<number, Nickname>) {
    this.#row = row
    this.#views = places(row.page.id)
    this.#parents = places(row.parents.id)
    this.#nicknames = nicknames
    this.#recipients = this.#toRecipients()
    this.#inThreads = new Set(row.in_threads)
  }

  messages(): Message[] {
    return this.#row.shown.id.map((id, index) => this.#message(id, index))
  }

  #message(id: number, index: number): Message {
    const { page, shown } = this.#row
    const view = this.#views.get(id)!
    const parent = this.#parent(shown.parent_id[index]!)
    const addressed = this.#recipients.get(id) ?? []
    return {
      id: BigInt(id) as MessageId,
      sender: this.#nicknames.get(shown.sender_id[index]!)!,
      recipients: shown.to_everyone[index]! ? [{ kind: 'everyone' }, ...addressed] : addressed,
      text: shown.text[index]!,
      sentAtMs: shown.sent_at_ms[index]!,
      priority: toPriority(shown.priority[index]!),
      shownPriority: toPriority(page.shown_priority[view]!),
      color: toColor(page.color[view]!),
      status: toStatus(page.status[view]!),
      isOutgoing: page.outgoing[view]!,
      isIncoming: page.incoming[view]!,
      parent,
      hasThread: parent !== undefined || this.#inThreads.has(id),
    }
  }

  #parent(id: number | null): Message['parent'] {
    const index = id === null ? undefined : this.#parents.get(id)
    if (index === undefined) return undefined
    const { parents } = this.#row
    return {
      id: BigInt(parents.id[index]!) as MessageId,
      sender: this.#nicknames.get(parents.sender_id[index]!)!,
      beginning: parents.beginning[index]!,
    }
  }

  #toRecipients(): Map<number, Recipient[]> {
    const { recipients, groups } = this.#row
    const groupNames = new Map(groups.id.map((id, index) => [id, groups.name[index]!]))
    const byMessage = new Map<number, Recipient[]>()
    for (const [index, messageId] of recipients.message_id.entries()) {
      const userId = recipients.user_id[index]!
      const groupId = recipients.group_id[index]!
      const recipient: Recipient =
        groupId === null
          ? { kind: 'user', nickname: this.#nicknames.get(userId!)! }
          : { kind: 'group', groupId: BigInt(groupId) as GroupId, name: groupNames.get(groupId)! }
      const own = byMessage.get(messageId)
      if (own === undefined) byMessage.set(messageId, [recipient])
      else own.push(recipient)
    }
    return byMessage
  }
}

function places(ids: readonly number[]): Map<number, number> {
  return new Map(ids.map((id, index) => [id, index]))
}
