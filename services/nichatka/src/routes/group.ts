import type { GroupId } from '../domain.ts'
import { groupFragment } from '../fragments/group.ts'
import { Refusal } from '../refusal.ts'
import { parseId } from '../request/values.ts'
import type { GroupDetails, GroupResult } from '../store.ts'
import { type Asked, userRoute } from './route.ts'

/** One group, its members and what has changed. */
export const group = userRoute({
  parse: (_, asked) => groupIdOf(asked),
  async run({ context, user, reader }, id) {
    const found = await context.store.findGroup(user.hostId, id)
    if (found === undefined) throw new Refusal('group-unknown')
    return { status: 200, fragments: [groupFragment(found, reader)] }
  },
})

export function groupIdOf({ pathId }: Asked): GroupId {
  const id = parseId<GroupId>(pathId)
  if (id === undefined) throw new Refusal('group-unknown')
  return id
}

/** @param membersField the field that members were named in. @throws Refusal */
export function groupOf(result: GroupResult, membersField: string): GroupDetails {
  if (result.kind === 'done') return result.group
  if (result.kind === 'group_unknown') throw new Refusal('group-unknown')
  throw result.kind === 'name_taken'
    ? new Refusal('field-wrong', { field: 'name', reason: 'nameTaken' })
    : new Refusal('field-wrong', { field: membersField, reason: 'tooManyMembers' })
}
