import { boxesFragment } from '../fragments/boxes.ts'
import { hiddenFilters } from '../fragments/filters.ts'
import { groupsFragment } from '../fragments/groups.ts'
import { hiddenList } from '../fragments/list.ts'
import { emptyNews } from '../fragments/news.ts'
import { ensureChoice } from '../request/values.ts'
import { userRoute } from './route.ts'

/** All groups, in the place of the messages (N7). */
export const groups = userRoute({
  parse: (fields) => ensureChoice('archived', fields.one('archived') ?? '0', ['0', '1']) === '1',
  async run({ context, user, words }, archived) {
    const all = await context.store.listGroups(user.hostId, { archived })
    const boxes = boxesFragment('groups', words)
    const fragment = groupsFragment(all, archived, words)
    return { status: 200, fragments: [boxes, fragment, hiddenFilters, emptyNews, hiddenList] }
  },
})
