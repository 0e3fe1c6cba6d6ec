import { colors, type MessageId, priorities } from '../domain.ts'
import { messageFragment } from '../fragments/message.ts'
import { Refusal } from '../refusal.ts'
import type { Fields } from '../request/fields.ts'
import { optionalChoice, parseId, required } from '../request/values.ts'
import type { MessageChange } from '../store.ts'
import { bellOf } from './bell.ts'
import { type Asked, userRoute } from './route.ts'

/** N3–N5, N18: this user's view of a message, and nobody else's. */
export const changeMessage = userRoute({
  parse: (fields, asked) => ({ change: parseChange(fields), id: messageIdOf(asked) }),
  async run(call, { id, change }) {
    const { context, user, reader } = call
    const changed = await context.store.changeMessage(user, id, change)
    if (changed === 'message_unknown') throw new Refusal('message-unknown')
    const [bell, message] = await Promise.all([bellOf(call), context.store.findMessage(user, id)])
    if (message === undefined) throw new Refusal('message-unknown')
    return { status: 200, fragments: [bell, messageFragment(message, reader)] }
  },
})

function parseChange(fields: Fields): MessageChange {
  const color = optionalChoice('color', fields.one('color'), ['none', ...colors])
  const priority = optionalChoice('priority', fields.one('priority'), ['sender', ...priorities])
  const status = optionalChoice('status', fields.one('status'), ['read', 'hidden'])
  required('status', color ?? priority ?? status)
  return {
    ...(color !== undefined && { color }),
    ...(priority !== undefined && { priority }),
    ...(status !== undefined && { status }),
  }
}

function messageIdOf({ pathId }: Asked): MessageId {
  const id = parseId<MessageId>(pathId)
  if (id === undefined) throw new Refusal('message-unknown')
  return id
}
