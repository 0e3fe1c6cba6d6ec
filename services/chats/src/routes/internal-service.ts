import type { ServiceImpl } from '@connectrpc/connect'
import type { ChatsInternalService } from '@veche/protocol/gen/chats/internal/v1/chats_internal_pb.js'
import type { ChatsContext } from '../context.ts'
import { getOpenGroups } from './internal/get-open-groups.ts'
import { listOpenGroups } from './internal/list-open-groups.ts'

export function internalService(context: ChatsContext) {
  return {
    getOpenGroups: getOpenGroups(context),
    listOpenGroups: listOpenGroups(context),
  } satisfies ServiceImpl<typeof ChatsInternalService>
}
