import { ChatId, DecodeError } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import { MAX_REFRESHED } from '../../limits.ts'
import type { InternalRoute } from '../route.ts'

export const refreshGroups: InternalRoute<'refreshGroups'> =
  ({ groupsIndex }) =>
  async ({ chatIds }) => {
    if (chatIds.length > MAX_REFRESHED) throw new RpcError(Code.InvalidArgument, 'too_many_ids')
    await groupsIndex.refresh([...new Set(chatIds.map(readChatId))])
    return {}
  }

/** @throws RpcError INVALID_ARGUMENT chat_id_invalid */
function readChatId(bytes: Uint8Array): ChatId {
  try {
    return ChatId.fromBytes(bytes)
  } catch (error) {
    if (error instanceof DecodeError) throw new RpcError(Code.InvalidArgument, 'chat_id_invalid')
    throw error
  }
}
