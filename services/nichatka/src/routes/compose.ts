import type { Address } from '../domain.ts'
import { type MessageId, maxAddresses } from '../domain.ts'
import { type Chosen, composeFragment, replyFragment } from '../fragments/compose.ts'
import { Refusal } from '../refusal.ts'
import { parseAddress } from '../request/address.ts'
import { ensureAtMost, ensureChoice, optionalId } from '../request/values.ts'
import { type UserCall, userRoute } from './route.ts'

/** The form to write a message, or an answer to one (N10). */
export const compose = userRoute({
  parse: (fields) => ({
    parent: optionalId<MessageId>('parent', fields.one('parent')),
    to: ensureAtMost('to', fields.many('to'), maxAddresses).map(parseAddress),
    isOpen: ensureChoice('open', fields.one('open') ?? '0', ['0', '1']) === '1',
  }),
  async run(call, { parent, to, isOpen }) {
    const { context, user, words } = call
    if (parent === undefined) {
      const [chosen, { recipients }] = await Promise.all([
        chosenOf(call, to),
        context.suggestions.find(user.hostId),
      ])
      const form = { isOpen: isOpen || to.length > 0, chosen, suggested: recipients }
      return { status: 200, fragments: [composeFragment(form, words)] }
    }
    const message = await context.store.findMessage(user, parent)
    if (message === undefined) throw new Refusal('message-unknown')
    return { status: 200, fragments: [replyFragment(message, words)] }
  },
})

/** With the names that people know. */
function chosenOf({ context, user, words }: UserCall, to: readonly Address[]): Promise<Chosen[]> {
  return Promise.all(
    to.map(async (address): Promise<Chosen> => {
      if (address.kind === 'everyone') return { value: 'everyone', name: words.toEveryone }
      if (address.kind === 'user') return { value: `user:${address.nickname}`, name: address.nickname }
      const group = await context.store.findGroup(user.hostId, address.groupId)
      if (group === undefined) throw new Refusal('group-unknown')
      return { value: `group:${group.id}`, name: group.name }
    }),
  )
}
