import { ChatId } from '@veche/protocol'
import type { ChatPosition } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Code, RpcError } from '@veche/service-kit'
import { MAX_NAMED_CHATS } from '../limits.ts'

/** What PostgreSQL's bigint holds; no log is longer. */
const MAX_POSITION = 2n ** 63n - 1n

/** A position from outside: uint64 on the wire. */
export function readPosition(position: bigint): bigint {
  return position < MAX_POSITION ? position : MAX_POSITION
}

/** Positions by chat; those of no possible chat are left out. @throws RpcError INVALID_ARGUMENT too_many_chats */
export function readPositions(positions: readonly ChatPosition[]): Map<ChatId, bigint> {
  if (positions.length > MAX_NAMED_CHATS) throw new RpcError(Code.InvalidArgument, 'too_many_chats')
  const possible = positions.filter(({ chatId }) => chatId.length === ChatId.bytes)
  return new Map(possible.map(({ chatId, position }) => [ChatId.fromBytes(chatId), readPosition(position)]))
}
