/** N7: groups made and changed, under the host's lock, with a record of who did what. */
import type { Database, Queryable } from '@veche/service-kit'
import { type GroupId, type HostId, maxGroupMembers, type Nickname, type User } from '../domain.ts'
import type { GroupChange, GroupDetails, GroupResult, NewGroup } from '../store.ts'
import { foldName } from './codes.ts'
import { findGroup } from './groups.ts'
import { lockHost } from './hosts.ts'
import { ensureUsers } from './users.ts'

export async function createGroup(
  database: Database,
  user: User,
  { name, members }: NewGroup,
  nowMs: number,
): Promise<GroupResult> {
  const added = [...new Set(members)]
  if (added.length > maxGroupMembers) return { kind: 'too_many_members' }
  return database.transaction(async (transaction) => {
    await lockHost(transaction, user.hostId)
    if (await isTaken(transaction, user.hostId, name)) return { kind: 'name_taken' }
    const id = await insertGroup(transaction, user.hostId, name)
    const editing = { transaction, user, id, nowMs }
    await record(editing, 'created', name)
    await addMembers(editing, added)
    return done(editing)
  })
}

export async function changeGroup(
  database: Database,
  user: User,
  id: GroupId,
  change: GroupChange,
  nowMs: number,
): Promise<GroupResult> {
  return database.transaction(async (transaction) => {
    await lockHost(transaction, user.hostId)
    const group = await findGroup(transaction, user.hostId, id)
    if (group === undefined) return { kind: 'group_unknown' }
    const next = changed(group, change)
    if (next.members > maxGroupMembers) return { kind: 'too_many_members' }
    if (!next.isArchived && (await isTaken(transaction, user.hostId, next.name, id))) {
      return { kind: 'name_taken' }
    }
    const editing = { transaction, user, id, nowMs }
    await store(editing, group, next)
    return done(editing)
  })
}

interface NextGroup {
  readonly name: string
  readonly isArchived: boolean
  readonly added: readonly Nickname[]
  readonly removed: readonly Nickname[]
  readonly members: number
}

/** Who is to be added and removed at once is removed. */
function changed(group: GroupDetails, { name, add = [], remove = [], isArchived }: GroupChange): NextGroup {
  const before = new Set(group.members)
  const leaving = new Set(remove)
  const added = [...new Set(add)].filter((nickname) => !before.has(nickname) && !leaving.has(nickname))
  const removed = [...leaving].filter((nickname) => before.has(nickname))
  return {
    name: name ?? group.name,
    isArchived: isArchived ?? group.isArchived,
    added,
    removed,
    members: before.size + added.length - removed.length,
  }
}

interface Editing {
  readonly transaction: Queryable
  readonly user: User
  readonly id: GroupId
  readonly nowMs: number
}

/** What stays as it was is neither written nor recorded. */
async function store(editing: Editing, group: GroupDetails, next: NextGroup): Promise<void> {
  const { transaction, user, id } = editing
  const isRenamed = next.name !== group.name
  const isArchivedNow = next.isArchived !== group.isArchived
  if (isRenamed || isArchivedNow) {
    await transaction.query(
      'UPDATE user_group SET name = $3, folded = $4, is_archived = $5 WHERE host_id = $1 AND id = $2',
      [user.hostId, id, next.name, foldName(next.name), next.isArchived],
    )
  }
  if (isRenamed) {
    await transaction.query('UPDATE host SET group_renames = group_renames + 1 WHERE id = $1', [user.hostId])
    await record(editing, 'renamed', next.name)
  }
  await removeMembers(editing, next.removed)
  await addMembers(editing, next.added)
  if (isArchivedNow) await record(editing, next.isArchived ? 'archived' : 'restored', null)
}

async function isTaken(
  transaction: Queryable,
  hostId: HostId,
  name: string,
  except?: GroupId,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `SELECT FROM user_group WHERE host_id = $1 AND folded = $2 AND NOT is_archived AND id IS DISTINCT FROM $3::integer`,
    [hostId, foldName(name), except ?? null],
  )
  return rowCount > 0
}

/** Numbered by the host, so that hosts learn nothing of each other's groups. */
async function insertGroup(transaction: Queryable, hostId: HostId, name: string): Promise<GroupId> {
  const { rows } = await transaction.query<{ id: GroupId }>(
    `WITH numbered AS (
       UPDATE host SET last_group_id = last_group_id + 1 WHERE id = $1 RETURNING last_group_id AS id
     )
     INSERT INTO user_group (host_id, id, name, folded) SELECT $1, id, $2, $3 FROM numbered RETURNING id::bigint`,
    [hostId, name, foldName(name)],
  )
  return rows[0]!.id
}

async function addMembers(editing: Editing, nicknames: readonly Nickname[]): Promise<void> {
  if (nicknames.length === 0) return
  const { transaction, user, id, nowMs } = editing
  const { users } = await ensureUsers(transaction, { hostId: user.hostId, nicknames, nowMs })
  const ids = nicknames.map((nickname) => users.get(nickname)!)
  await transaction.query(
    'INSERT INTO group_member (host_id, group_id, user_id) SELECT $1, $2, unnest($3::integer[])',
    [user.hostId, id, ids],
  )
  await recordMembers(editing, 'added', nicknames)
}

async function removeMembers(editing: Editing, nicknames: readonly Nickname[]): Promise<void> {
  if (nicknames.length === 0) return
  const { transaction, user, id } = editing
  await transaction.query(
    `DELETE FROM group_member USING app_user u
     WHERE group_member.host_id = $1 AND group_id = $2 AND user_id = u.id
       AND u.host_id = $1 AND u.nickname = ANY ($3::text[])`,
    [user.hostId, id, nicknames],
  )
  await recordMembers(editing, 'removed', nicknames)
}

async function record(
  { transaction, user, id, nowMs }: Editing,
  kind: 'created' | 'renamed' | 'archived' | 'restored',
  name: string | null,
): Promise<void> {
  await transaction.query(
    `INSERT INTO group_change (host_id, group_id, changed_at, changed_by, kind, name)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [user.hostId, id, new Date(nowMs), user.id, kind, name],
  )
}

/** One record for each, in the order in which they were given. */
async function recordMembers(
  { transaction, user, id, nowMs }: Editing,
  kind: 'added' | 'removed',
  nicknames: readonly Nickname[],
): Promise<void> {
  await transaction.query(
    `INSERT INTO group_change (host_id, group_id, changed_at, changed_by, kind, user_id)
     SELECT $1, $2, $3, $4, $5, u.id FROM unnest($6::text[]) WITH ORDINALITY AS named (nickname, position)
     JOIN app_user u ON u.host_id = $1 AND u.nickname = named.nickname ORDER BY position`,
    [user.hostId, id, new Date(nowMs), user.id, kind, nicknames],
  )
}

async function done({ transaction, user, id }: Editing): Promise<GroupResult> {
  const group = await findGroup(transaction, user.hostId, id)
  if (group === undefined) throw new Error('the group that was just changed is gone')
  return { kind: 'done', group }
}
