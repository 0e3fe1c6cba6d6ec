import { maxAddresses } from '../domain.ts'
import { usersFragment } from '../fragments/users.ts'
import { ensureAtMost, ensureNickname, required } from '../request/values.ts'
import { hostRoute } from './route.ts'

/** N7: a host names its users before they come. */
export const nameUsers = hostRoute({
  parse(fields) {
    const nicknames = ensureAtMost('nickname', fields.many('nickname'), maxAddresses)
    required('nickname', nicknames[0])
    return nicknames.map((nickname) => ensureNickname('nickname', nickname))
  },
  async run({ context, hostId, words }, nicknames) {
    const count = await context.store.nameUsers(hostId, nicknames)
    context.suggestions.forget(hostId)
    return { status: 200, fragments: [usersFragment(count, words)] }
  },
})
