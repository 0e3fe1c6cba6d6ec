/** N7: groups of recipients as they are. How they change: `change-group.ts`. */
import type { Database, Queryable } from '@veche/service-kit'
import type { Group, GroupId, HostId, Nickname } from '../domain.ts'
import type { FoundRecipients, GroupDetails, RecordedChange } from '../store.ts'
import { foldName } from './codes.ts'

interface GroupRow {
  readonly id: GroupId
  readonly name: string
  readonly is_archived: boolean
  readonly member_count: number
}

const COLUMNS = 'g.id::bigint, g.name, g.is_archived, g.member_count'

/** By name; archived ones too where asked for. */
export async function listGroups(database: Queryable, hostId: HostId, archived: boolean): Promise<Group[]> {
  const { rows } = await database.query<GroupRow>({
    name: 'list_groups',
    text: `SELECT ${COLUMNS} FROM user_group g WHERE g.host_id = $1 AND ($2 OR NOT g.is_archived)
      ORDER BY g.folded, g.id`,
    values: [hostId, archived],
  })
  return rows.map(toGroup)
}

/** At most `limit` of either. */
export async function findRecipients(
  database: Database,
  hostId: HostId,
  prefix: string,
  limit: number,
): Promise<FoundRecipients> {
  const values = [hostId, foldName(prefix), limit]
  const [users, groups] = await Promise.all([
    database.query<{ nickname: Nickname }>({
      name: 'users_by_prefix',
      text: `SELECT nickname FROM app_user u WHERE u.host_id = $1 AND ${beginsSo('u.folded')}
        ORDER BY u.folded, u.nickname LIMIT $3`,
      values,
    }),
    database.query<GroupRow>({
      name: 'groups_by_prefix',
      text: `SELECT ${COLUMNS} FROM user_group g WHERE g.host_id = $1 AND ${beginsSo('g.folded')} AND NOT g.is_archived
        ORDER BY g.folded LIMIT $3`,
      values,
    }),
  ])
  return { users: users.rows.map(({ nickname }) => nickname), groups: groups.rows.map(toGroup) }
}

/** A piece of the index, which is ordered by code point: up to the highest of them. */
const beginsSo = (column: string) =>
  `${column} >= $2::text AND ${column} <= $2::text || chr(1114111) AND starts_with(${column}, $2::text)`

/** How many of the newest changes are told. */
const maxChanges = 50

export async function findGroup(
  database: Queryable,
  hostId: HostId,
  id: GroupId,
): Promise<GroupDetails | undefined> {
  const { rows } = await database.query<GroupRow>(
    `SELECT ${COLUMNS} FROM user_group g WHERE g.host_id = $1 AND g.id = $2::bigint`,
    [hostId, id],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  // One after the other: `database` may be a transaction's one connection.
  const members = await listMembers(database, hostId, id)
  const changes = await listChanges(database, hostId, id)
  return { ...toGroup(row), memberCount: members.length, members, changes }
}

async function listMembers(database: Queryable, hostId: HostId, id: GroupId): Promise<Nickname[]> {
  const { rows } = await database.query<{ nickname: Nickname }>(
    `SELECT u.nickname FROM group_member member
     JOIN app_user u ON u.host_id = $1 AND u.id = member.user_id
     WHERE member.host_id = $1 AND member.group_id = $2 ORDER BY u.folded, u.nickname`,
    [hostId, id],
  )
  return rows.map(({ nickname }) => nickname)
}

interface ChangeRow {
  readonly changed_at: Date
  readonly changed_by: Nickname
  readonly kind: RecordedChange['what']['kind']
  readonly name: string
  readonly nickname: Nickname
}

async function listChanges(database: Queryable, hostId: HostId, id: GroupId): Promise<RecordedChange[]> {
  const { rows } = await database.query<ChangeRow>(
    `SELECT c.changed_at, editor.nickname AS changed_by, c.kind, c.name, u.nickname
     FROM group_change c
     JOIN app_user editor ON editor.host_id = $1 AND editor.id = c.changed_by
     LEFT JOIN app_user u ON u.host_id = $1 AND u.id = c.user_id
     WHERE c.host_id = $1 AND c.group_id = $2 ORDER BY c.id DESC LIMIT ${maxChanges}`,
    [hostId, id],
  )
  return rows.map((row) => ({ atMs: row.changed_at.getTime(), by: row.changed_by, what: toWhat(row) }))
}

function toWhat({ kind, name, nickname }: ChangeRow): RecordedChange['what'] {
  switch (kind) {
    case 'created':
    case 'renamed':
      return { kind, name }
    case 'added':
    case 'removed':
      return { kind, nickname }
    default:
      return { kind }
  }
}

function toGroup({ id, name, is_archived, member_count }: GroupRow): Group {
  return { id, name, memberCount: Number(member_count), isArchived: is_archived }
}
