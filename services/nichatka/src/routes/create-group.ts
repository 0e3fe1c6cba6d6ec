import { groupFragment } from '../fragments/group.ts'
import { noticeFragment } from '../fragments/notice.ts'
import { parseGroupName } from '../request/message-text.ts'
import { ensureNickname, ensureText, required } from '../request/values.ts'
import { groupOf } from './group.ts'
import { userRoute } from './route.ts'

/** N7: anybody may make one; groups are common to the host. */
export const createGroup = userRoute({
  parse: (fields) => ({
    name: ensureText('name', required('name', fields.one('name')), parseGroupName),
    members: fields.many('member').map((nickname) => ensureNickname('member', nickname)),
  }),
  async run({ context, user, words, reader, who }, newGroup) {
    await context.limits.takeSend(who)
    const created = groupOf(await context.store.createGroup(user, newGroup), 'member')
    context.suggestions.forget(user.hostId)
    return { status: 201, fragments: [noticeFragment(words.groupCreated), groupFragment(created, reader)] }
  },
})
