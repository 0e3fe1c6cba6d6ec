import type { ServiceImpl } from '@connectrpc/connect'
import type { ChatsInternalService } from '@veche/protocol/gen/chats/internal/v1/chats_internal_pb.js'
import type { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ChatsContext } from '../context.ts'

type Chats = ServiceImpl<typeof ChatsService>
type Internal = ServiceImpl<typeof ChatsInternalService>

/** Gives the handler of one RPC, by its name. */
export type Route<Name extends keyof Chats> = (context: ChatsContext) => Chats[Name]
export type InternalRoute<Name extends keyof Internal> = (context: ChatsContext) => Internal[Name]
