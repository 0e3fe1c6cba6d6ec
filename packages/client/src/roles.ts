/** Roles and rights in a group, as they are named to people and programs. */
import { type Rights, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'

/** Each has every right of those before it. */
export type RoleName = 'reader' | 'member' | 'admin' | 'owner'
export type RightName = 'write' | 'invite' | 'add' | 'remove' | 'rename' | 'keepHistory' | 'joinerRole'
/** Of each right, the least role that has it; `joinerRole` is the role of who comes by a link. */
export type RightsView = Readonly<Record<RightName, RoleName>>

const ROLES = {
  reader: Role.READER,
  member: Role.MEMBER,
  admin: Role.ADMIN,
  owner: Role.OWNER,
} as const satisfies Record<RoleName, Role>

export function toRoleName(role: Role): RoleName {
  return (Object.keys(ROLES) as RoleName[]).find((name) => ROLES[name] === role) ?? 'reader'
}

export function toRole(name: RoleName): Role {
  return ROLES[name]
}

export function toRightsView(rights: Rights): RightsView {
  const { $typeName, $unknown, ...roles } = rights
  return mapValues(roles, toRoleName)
}

export function toRights(rights: Partial<RightsView>): Partial<Record<RightName, Role>> {
  return mapValues(rights, toRole)
}

function mapValues<Name extends string, From, To>(
  values: Partial<Record<Name, From>>,
  map: (value: From) => To,
): Record<Name, To> {
  const entries = Object.entries(values) as [Name, From][]
  return Object.fromEntries(entries.map(([name, value]) => [name, map(value)])) as Record<Name, To>
}
