/** What of a group is shown beside its messages, and who may do something in it. */
import type { GroupMember, Person, RightsView, RoleName } from '@veche/client'

export interface GroupState {
  readonly members: readonly GroupMember[]
  readonly banned: readonly Person[]
  readonly rights: RightsView
}

/** Each has every right of those before it. */
export const roles: readonly RoleName[] = ['reader', 'member', 'admin', 'owner']

export function isAtLeast(role: RoleName, least: RoleName): boolean {
  return roles.indexOf(role) >= roles.indexOf(least)
}
