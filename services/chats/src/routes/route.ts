import type { ServiceImpl } from '@connectrpc/connect'
import type { ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ChatsContext } from '../context.ts'

type Chats = ServiceImpl<typeof ChatsService>

/** Gives the handler of one RPC, by its name. */
export type Route<Name extends keyof Chats> = (context: ChatsContext) => Chats[Name]
