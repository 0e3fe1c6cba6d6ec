/** Lies in a device's inbox: of what lies there, and items that no service has put there. */
import { create } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { ChatId } from '@veche/protocol'
import {
  ChatType,
  type CreateGroupRequest,
  IncomingRequestSchema,
  OutgoingRequestSchema,
  RequestStatus,
  type Welcome,
  WelcomeSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ChatKind } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { Victim } from '../evil-server.ts'
import * as tampering from '../tampering.ts'
import type { Liar } from './lies.ts'
import type { InboxLie } from './steps.ts'

export function inboxLie(liar: Liar, victim: Victim, how: InboxLie): tampering.Tampering {
  const { operator } = liar
  switch (how) {
    case 'dropped':
      return tampering.items(() => [])
    case 'doubled':
      return tampering.items((item) => [item, item])
    case 'welcome-hash':
      return welcomes((welcome) => {
        welcome.logHash = new Uint8Array(32).fill(9)
      })
    case 'welcome-position':
      return welcomes((welcome) => {
        welcome.position += 3n
      })
    case 'welcome-peer':
      return welcomes((welcome) => {
        welcome.peer = operator.person(welcome.peer?.handle ?? 'nobody')
      })
    case 'welcome-profile':
      return welcomes((welcome) => {
        welcome.profileCiphertext = new Uint8Array(300).fill(3)
      })
    case 'forged-answer':
      return { forged: () => victim.line.logs.map(({ chatId }) => forgedAnswer(liar, chatId)) }
    case 'forged-request':
      return { forged: () => [forgedRequest(liar)] }
    case 'forged-welcome':
      return forgedWelcome(liar, victim)
    default:
      return how satisfies never
  }
}

function welcomes(change: (welcome: Welcome) => void): tampering.Tampering {
  return tampering.items((item) => {
    if (item.item.case === 'welcome') change(item.item.value)
    return [item]
  })
}

/** Somebody is said to have allowed what nobody has asked. */
function forgedAnswer({ operator }: Liar, groupId: Uint8Array) {
  const status = RequestStatus.CREATE
  const value = { requestId: operator.randomId(), handle: 'operator', status, groupId }
  return { case: 'answer', value: create(OutgoingRequestSchema, value) } as const
}

function forgedRequest({ operator }: Liar) {
  const type = ChatType.GROUP
  const value = { requestId: operator.randomId(), from: operator.person('operator'), type }
  return { case: 'request', value: create(IncomingRequestSchema, value) } as const
}

/** A chat that is being made is lost, and a Welcome into one of the operator's own under its id comes in its place. */
function forgedWelcome({ operator, packageOf }: Liar, victim: Victim): tampering.Tampering {
  const made: Welcome[] = []
  const seize = async (chatId: Uint8Array, kind: ChatKind) => {
    const { account } = victim.client
    const keyPackage = packageOf(victim)
    if (account.kind !== 'ready' || !keyPackage) return
    const group = { chatId: ChatId.fromBytes(chatId), other: account.account, kind }
    const welcome = await operator.welcome(group, keyPackage)
    const peer = operator.person('operator')
    const fields = { chatId, welcome, position: 1n, logHash: new Uint8Array(32).fill(8), peer }
    made.push(create(WelcomeSchema, fields))
  }
  return {
    async call(call, proceed) {
      const isGroup = call.name === 'CreateGroup'
      if (!isGroup && call.name !== 'CreateChat') return proceed()
      const { chatId } = call.request as CreateGroupRequest
      const kinds = [ChatKind.PRIVATE, ChatKind.GROUP]
      for (const kind of isGroup ? kinds.toReversed() : kinds) await seize(chatId, kind)
      throw new ConnectError('the server does not answer', Code.Unavailable)
    },
    forged: () => made.splice(0).map((value) => ({ case: 'welcome', value }) as const),
  }
}
