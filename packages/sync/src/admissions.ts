/**
 * Letting in who asks by a link that demands it (M13): by a person's answer, or by this device alone where the link demands
 * none. Who asks and for which role, the request itself and the group's state say; the server is believed in nothing but the
 * name (attacks A1, A2, A5).
 */
import {
  type CheckedJoinRequest,
  type DeviceIdentity,
  isByRequest,
  listedRole,
  mayLetIn,
  readJoinRequest,
} from '@veche/mls'
import { ChatId, DecodeError, equalBytes } from '@veche/protocol'
import type { IncomingRequest } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Chat } from './chat.ts'
import type { RequestOutcome } from './chat-requests.ts'
import type { Chats } from './chats.ts'
import type { DeviceStore } from './device-store.ts'
import { RefusedError } from './errors.ts'
import type { GroupActs } from './group-acts.ts'
import { withJoinRequest } from './group-wishes.ts'
import { liveInviteKeys } from './invite-keys.ts'
import { isGroup, type LocalChat, Standing } from './local-chat.ts'
import { accountOf } from './person.ts'
import { bindHandle } from './pins.ts'
import { rulesOf } from './rules.ts'
import type { Server } from './server.ts'

export interface AdmissionsOptions {
  readonly server: Pick<Server, 'chats'>
  readonly store: DeviceStore
  readonly chats: Chats
  readonly groups: GroupActs
  readonly identity: Pick<DeviceIdentity, 'accountId'>
  readonly nowMs: () => number
}

export class Admissions {
  readonly #options: AdmissionsOptions

  constructor(options: AdmissionsOptions) {
    this.#options = options
  }

  /**
   * Lets in who asks, at the person's word.
   * @returns undefined where it is another kind of request
   * @throws RefusedError `changed_binding` (A2), `join_request_invalid`, `not_allowed`, `chat_closed`, `clock_wrong`; as
   * GroupActs.commit
   */
  async allow(requestId: Uint8Array): Promise<RequestOutcome | undefined> {
    const { server, chats, store } = this.#options
    const { incoming } = await server.chats.listRequests({})
    const request = incoming.find((one) => equalBytes(one.requestId, requestId))
    if (!request || request.joinRequest.length === 0) return undefined
    const chat = request.groupId.length === ChatId.bytes && chats.get(ChatId.fromBytes(request.groupId))
    if (!chat || !isGroup(chat.state)) throw new RefusedError('join_request_invalid')
    const { handle, accountId } = personOf(request)
    if ((await bindHandle(store, handle, accountId)) === 'changed') throw new RefusedError('changed_binding')
    await this.#letIn(chat, request.joinRequest, { by: accountId })
    return { status: 'open', chatId: chat.state.chatId, requestId }
  }

  /** Lets in all who ask by links that demand no answer. What is no such request is passed over. @throws UnreachableError */
  async carryOut(chat: Chat): Promise<void> {
    const { server, identity } = this.#options
    if (chat.state.standing !== Standing.OPEN || !mayCarryOut(chat.state, identity)) return
    const { chatId } = chat.state
    const { joinRequests } = await server.chats.listChatDevices({ chatId: ChatId.toBytes(chatId) })
    for (const { joinRequest } of joinRequests) {
      try {
        await this.#letIn(chat, joinRequest, { isAlone: true })
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
      }
    }
  }

  async #letIn(chat: Chat, bytes: Uint8Array, how: How): Promise<void> {
    const { groups, identity, nowMs } = this.#options
    await groups.catchUp(chat)
    const request = await checked(chat.state, bytes, how)
    if (!mayLetIn(rulesOf(chat.state.group), identity.accountId, request.invite))
      throw new RefusedError('not_allowed')
    if (nowMs() < request.notBeforeMs || nowMs() > request.notAfterMs) throw new RefusedError('clock_wrong')
    await groups.commit(chat, withJoinRequest(request, bytes))
    if (listedRole(rulesOf(chat.state.group), request.accountId) === undefined)
      throw new RefusedError('join_request_invalid') // its link was taken back meanwhile
  }
}

interface How {
  /** No person has answered. */
  readonly isAlone?: boolean
  /** Whom the person was shown. */
  readonly by?: CheckedJoinRequest['accountId']
}

/** @throws RefusedError `join_request_invalid` */
async function checked(
  { group, profile }: LocalChat,
  bytes: Uint8Array,
  { isAlone = false, by }: How,
): Promise<CheckedJoinRequest> {
  try {
    const request = await readJoinRequest(bytes, group.chatId, rulesOf(group))
    if (isAlone && request.invite.approve) throw new DecodeError('join request: a person is to answer it')
    if (by !== undefined && by !== request.accountId) throw new DecodeError('join request: of another')
    const keys = liveInviteKeys(group, profile?.inviteKeys ?? [])
    if (!keys.some(({ inviteId }) => equalBytes(inviteId, request.invite.id)))
      throw new DecodeError('join request: by a link whose member key is not known here')
    return request
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RefusedError('join_request_invalid', { cause })
    throw cause
  }
}

/** Whether there is a link by which this device might let somebody in alone. */
function mayCarryOut(chat: LocalChat, { accountId }: Pick<DeviceIdentity, 'accountId'>): boolean {
  const rules = rulesOf(chat.group)
  const isFor = (invite: (typeof rules.invites)[number]) => isByRequest(invite) && !invite.approve
  return isGroup(chat) && rules.invites.some((invite) => isFor(invite) && mayLetIn(rules, accountId, invite))
}

function personOf({ from }: IncomingRequest) {
  try {
    return { handle: from?.handle ?? '', accountId: accountOf(from) }
  } catch (cause) {
    if (cause instanceof DecodeError) throw new RefusedError('join_request_invalid', { cause })
    throw cause
  }
}
