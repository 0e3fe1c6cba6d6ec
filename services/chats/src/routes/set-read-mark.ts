import { principalOf } from '@veche/service-kit'
import { storeReadMark } from '../database/marks.ts'
import { ensureWithin, readMarksPerAccount } from '../limits.ts'
import { findSignalSender } from '../marks/signal-sender.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

/** Stored before it is handed out, though not synced: a lost one is followed by the next. */
export const setReadMark: Route<'setReadMark'> = (context) => async (request, call) => {
  const caller = principalOf(call)
  await ensureWithin(context.limiter, readMarksPerAccount, caller.accountId)
  const { sealed } = request
  const chatId = readChatId(request.chatId)
  const sender = await findSignalSender(context, caller, chatId, sealed)
  if (!sender.isHeard) return {}
  await context.database.transaction(async (transaction) => {
    await transaction.query('SET LOCAL synchronous_commit = off')
    await storeReadMark(transaction, chatId, sender, sealed)
  })
  context.signals.send({ kind: 'read-mark', chatId, sender, sealed })
  return {}
}
