import { principalOf } from '@veche/service-kit'
import { ensureWithin, signalsPerAccount } from '../limits.ts'
import { findSignalSender } from '../marks/signal-sender.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const sendSignal: Route<'sendSignal'> = (context) => async (request, call) => {
  const caller = principalOf(call)
  await ensureWithin(context.limiter, signalsPerAccount, caller.accountId)
  const { sealed } = request
  const chatId = readChatId(request.chatId)
  const sender = await findSignalSender(context, caller, chatId, sealed)
  if (sender.isHeard) context.signals.send({ kind: 'signal', chatId, sender, sealed })
  return {}
}
