/** The chats service as the directory needs it: a list of groups that a test opens and closes. */
import { randomBytes } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { type Client, Code, ConnectError, createClient, createRouterTransport } from '@connectrpc/connect'
import { AccountId, ChatId, equalBytes } from '@veche/protocol'
import {
  ChatsInternalService,
  OpenGroupSchema,
} from '@veche/protocol/gen/chats/internal/v1/chats_internal_pb.js'
import { dependencyTransport } from '@veche/service-kit'

export interface FakeGroup {
  readonly chatId: ChatId
  readonly inviteSeed: Uint8Array
  name: string
  description: string
  isOpen: boolean
  readonly banned: Set<AccountId>
}

export class FakeChats {
  readonly #groups = new Map<ChatId, FakeGroup>()
  /** Names of the calls made, in order. */
  readonly calls: string[] = []
  isReachable = true

  /** An open group. */
  add(name: string, description = ''): FakeGroup {
    const chatId = ChatId.fromBytes(Uint8Array.from(randomBytes(16)))
    const inviteSeed = Uint8Array.from(randomBytes(32))
    const group = { chatId, inviteSeed, name, description, isOpen: true, banned: new Set<AccountId>() }
    this.#groups.set(chatId, group)
    return group
  }

  client(): Client<typeof ChatsInternalService> {
    const transport = createRouterTransport(({ service }) =>
      service(ChatsInternalService, {
        getOpenGroups: ({ chatIds, requesterId }) => {
          this.#called('getOpenGroups')
          const requester = requesterId.length === 0 ? undefined : AccountId.fromBytes(requesterId)
          const isAsked = ({ chatId, banned }: FakeGroup) =>
            chatIds.some((id) => equalBytes(id, ChatId.toBytes(chatId))) &&
            !(requester && banned.has(requester))
          return { groups: this.#open().filter(isAsked).map(toMessage) }
        },
        listOpenGroups: ({ after, limit }) => {
          this.#called('listOpenGroups')
          const from = Buffer.from(after).toString('hex')
          const behind = this.#open().filter(({ chatId }) => hexOf(chatId) > from)
          return { groups: behind.slice(0, limit).map(toMessage), more: behind.length > limit }
        },
      }),
    )
    return createClient(ChatsInternalService, dependencyTransport(transport))
  }

  #open(): FakeGroup[] {
    const open = [...this.#groups.values()].filter(({ isOpen }) => isOpen)
    return open.sort((one, other) => (hexOf(one.chatId) < hexOf(other.chatId) ? -1 : 1))
  }

  #called(name: string): void {
    if (!this.isReachable) throw new ConnectError('not there', Code.Unavailable)
    this.calls.push(name)
  }
}

function toMessage({ chatId, name, description, inviteSeed }: FakeGroup) {
  return create(OpenGroupSchema, { chatId: ChatId.toBytes(chatId), name, description, inviteSeed, people: 3 })
}

function hexOf(chatId: ChatId): string {
  return Buffer.from(ChatId.toBytes(chatId)).toString('hex')
}
