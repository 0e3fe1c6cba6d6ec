import { Code, principalOf, RpcError } from '@veche/service-kit'
import { findDevice } from '../database/devices.ts'
import { findAudience, storeOwnMark } from '../database/marks.ts'
import { ensureWithin, MAX_OWN_MARK_BYTES, ownMarksPerAccount } from '../limits.ts'
import { readPosition } from './position.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const setOwnMark: Route<'setOwnMark'> =
  ({ database, limiter, signals }) =>
  async (request, call) => {
    const caller = principalOf(call)
    const { accountId } = caller
    await ensureWithin(limiter, ownMarksPerAccount, accountId)
    const { sealed } = request
    if (sealed.length === 0 || sealed.length > MAX_OWN_MARK_BYTES)
      throw new RpcError(Code.InvalidArgument, 'mark_invalid')
    const chatId = readChatId(request.chatId)
    const device = await findDevice(database, caller)
    if (!device || !(await findAudience(database, chatId, device)))
      throw new RpcError(Code.NotFound, 'chat_unknown')
    const expectedRevision = readPosition(request.expectedRevision)
    const revision = await database.transaction((transaction) =>
      storeOwnMark(transaction, { accountId, chatId, expectedRevision, sealed }),
    )
    if (revision === undefined) throw new RpcError(Code.Aborted, 'mark_conflict')
    signals.ownMarksChanged(accountId, device)
    return { revision }
  }
