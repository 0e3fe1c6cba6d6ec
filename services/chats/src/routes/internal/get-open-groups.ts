import { isBanned } from '@veche/mls/wire'
import { AccountId, ChatId, DecodeError } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import { readStates } from '../../database/groups.ts'
import { findOpenGroups } from '../../database/open-groups.ts'
import type { InternalRoute } from '../route.ts'

const MAX_GROUPS = 500

export const getOpenGroups: InternalRoute<'getOpenGroups'> =
  ({ database }) =>
  async ({ chatIds, requesterId }) => {
    if (chatIds.length > MAX_GROUPS) throw new RpcError(Code.InvalidArgument, 'too_many_ids')
    const ids = chatIds.map((id) => readId(() => ChatId.fromBytes(id), 'chat_id_invalid'))
    const groups = await findOpenGroups(database, ids)
    if (requesterId.length === 0) return { groups: [...groups] }
    const requester = readId(() => AccountId.fromBytes(requesterId), 'account_id_invalid')
    const states = await readStates(database, ids)
    const isShown = (chatId: Uint8Array) => !isBanned(states.get(ChatId.fromBytes(chatId))!, requester)
    return { groups: groups.filter(({ chatId }) => isShown(chatId)) }
  }

/** @throws RpcError */
function readId<Id>(read: () => Id, reason: 'chat_id_invalid' | 'account_id_invalid'): Id {
  try {
    return read()
  } catch (error) {
    if (error instanceof DecodeError) throw new RpcError(Code.InvalidArgument, reason)
    throw error
  }
}
