import { type MessageId, maxAddresses, priorities } from '../domain.ts'
import { composeFragment } from '../fragments/compose.ts'
import { noticeFragment } from '../fragments/notice.ts'
import { Refusal, wrong } from '../refusal.ts'
import { parseAddress } from '../request/address.ts'
import type { Fields } from '../request/fields.ts'
import { parseMessageText } from '../request/message-text.ts'
import { ensureAtMost, optionalChoice, optionalId, required } from '../request/values.ts'
import type { NewMessage, SendResult } from '../store.ts'
import { bellOf } from './bell.ts'
import { userRoute } from './route.ts'

/** N1, N17: a message, or the answer to one. */
export const sendMessage = userRoute({
  parse: parseMessage,
  async run(call, message) {
    const { context, user, words, who } = call
    await context.limits.takeSend(who)
    const sent = await context.store.sendMessage(user, message)
    if (sent.kind !== 'sent' && sent.kind !== 'repeated') throw refusalOf(sent.kind)
    context.typing.set(user, false)
    const isNew = sent.kind === 'sent'
    context.suggestions.forget(user.hostId) // it may have brought people to be
    const [bell, { recipients }] = await Promise.all([bellOf(call), context.suggestions.find(user.hostId)])
    const notice = noticeFragment(isNew ? words.sent : words.alreadySent)
    const form = composeFragment({ isOpen: false, chosen: [], suggested: recipients }, words)
    return { status: isNew ? 201 : 200, fragments: [bell, notice, form] }
  },
})

function parseMessage(fields: Fields): NewMessage {
  const key = required('id', fields.one('id'))
  if (!/^[A-Za-z0-9_-]{8,64}$/.test(key)) throw wrong('id')
  const text = parseMessageText(required('text', fields.text('text')))
  if (text === undefined) throw wrong('text')
  const parent = optionalId<MessageId>('parent', fields.one('parent'))
  const priority = optionalChoice('priority', fields.one('priority'), priorities)
  const to = ensureAtMost('to', fields.many('to'), maxAddresses)
  if (parent === undefined) {
    const addresses = required('to', to.length > 0 ? to : undefined).map(parseAddress)
    return { key, text, kind: 'first', priority: priority ?? 'ordinary', to: addresses }
  }
  const replyTo = optionalChoice('reply', fields.one('reply'), ['sender', 'all']) ?? 'sender'
  return { key, text, kind: 'reply', parent, replyTo, ...(priority !== undefined && { priority }) }
}

function refusalOf(kind: Exclude<SendResult['kind'], 'sent' | 'repeated'>): Refusal {
  if (kind === 'priority_differs') return wrong('priority')
  return new Refusal(kind === 'message_unknown' ? 'message-unknown' : 'group-unknown')
}
