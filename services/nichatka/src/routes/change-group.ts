import { groupFragment } from '../fragments/group.ts'
import { noticeFragment } from '../fragments/notice.ts'
import type { Fields } from '../request/fields.ts'
import { parseGroupName } from '../request/message-text.ts'
import { ensureNickname, ensureText, optionalChoice, required } from '../request/values.ts'
import type { GroupChange } from '../store.ts'
import { groupIdOf, groupOf } from './group.ts'
import { userRoute } from './route.ts'

/** N7: each change is recorded. */
export const changeGroup = userRoute({
  parse: (fields, asked) => ({ change: parseChange(fields), id: groupIdOf(asked) }),
  async run({ context, user, words, reader, who }, { id, change }) {
    await context.limits.takeSend(who)
    const changed = groupOf(await context.store.changeGroup(user, id, change), 'add')
    context.suggestions.forget(user.hostId)
    return { status: 200, fragments: [noticeFragment(words.groupChanged), groupFragment(changed, reader)] }
  },
})

function parseChange(fields: Fields): GroupChange {
  const name = fields.one('name')
  const add = fields.many('add').map((nickname) => ensureNickname('add', nickname))
  const remove = fields.many('remove').map((nickname) => ensureNickname('remove', nickname))
  const archived = optionalChoice('archived', fields.one('archived'), ['0', '1'])
  required('name', name ?? add[0] ?? remove[0] ?? archived)
  return {
    ...(name !== undefined && { name: ensureText('name', name, parseGroupName) }),
    ...(add.length > 0 && { add }),
    ...(remove.length > 0 && { remove }),
    ...(archived !== undefined && { isArchived: archived === '1' }),
  }
}
