/** What the chats service tells of open groups. */
import type { Client } from '@connectrpc/connect'
import { type AccountId, AccountId as AccountIds, ChatId } from '@veche/protocol'
import type {
  ChatsInternalService,
  OpenGroup as OpenGroupMessage,
} from '@veche/protocol/gen/chats/internal/v1/chats_internal_pb.js'

export interface OpenGroup {
  readonly chatId: ChatId
  readonly name: string
  readonly description: string
  readonly inviteSeed: Uint8Array
  readonly people: number
}

export interface OpenGroupsPage {
  readonly groups: readonly OpenGroup[]
  /** There are more behind the last of them. */
  readonly more: boolean
}

export class OpenGroups {
  readonly #chats: Client<typeof ChatsInternalService>

  constructor(chats: Client<typeof ChatsInternalService>) {
    this.#chats = chats
  }

  /** Those of these groups that are open now and, where there is a requester, have not banned it; in the order of ids. */
  async find(chatIds: readonly ChatId[], requester?: AccountId): Promise<OpenGroup[]> {
    const { groups } = await this.#chats.getOpenGroups({
      chatIds: chatIds.map(ChatId.toBytes),
      requesterId: requester ? AccountIds.toBytes(requester) : new Uint8Array(),
    })
    return groups.map(toOpenGroup)
  }

  /** In the order of ids. */
  async list(after: ChatId | undefined, limit: number): Promise<OpenGroupsPage> {
    const from = after ? ChatId.toBytes(after) : new Uint8Array()
    const { groups, more } = await this.#chats.listOpenGroups({ after: from, limit })
    return { groups: groups.map(toOpenGroup), more }
  }
}

function toOpenGroup({ chatId, name, description, inviteSeed, people }: OpenGroupMessage): OpenGroup {
  return { chatId: ChatId.fromBytes(chatId), name, description, inviteSeed, people }
}
