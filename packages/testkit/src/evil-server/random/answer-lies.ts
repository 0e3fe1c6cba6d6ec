/** Lies in the answers to a device's calls. */
import { create } from '@bufbuild/protobuf'
import { Code } from '@connectrpc/connect'
import { AccountId, DeviceId } from '@veche/protocol'
import {
  ClaimKeyPackagesResponseSchema,
  GetOwnAccountResponseSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import {
  AnswerRequestResponseSchema,
  type AppendRequest,
  AppendResponseSchema,
  ChatAccountSchema,
  ChatDeviceSchema,
  type CreationRight,
  type FetchInviteResponse,
  FetchInviteResponseSchema,
  JoinGroupResponseSchema,
  ListChatDevicesResponseSchema,
  ListEntriesResponseSchema,
  RequestChatResponseSchema,
  type RequestMemberRequest,
  RequestMemberResponseSchema,
  RequestStatus,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Victim } from '../evil-server.ts'
import * as tampering from '../tampering.ts'
import type { Liar } from './lies.ts'
import type { AnswerLie } from './steps.ts'

const NO_GRANT = new Uint8Array(64)

export function answerLie(liar: Liar, victim: Victim, how: AnswerLie): tampering.Tampering {
  switch (how) {
    case 'position':
      return tampering.answers(AppendResponseSchema, (answer) => {
        answer.position += 2n
      })
    case 'head':
      return tampering.answers(ListEntriesResponseSchema, (answer) => {
        answer.head += 1n
      })
    case 'stock':
      return tampering.answers(GetOwnAccountResponseSchema, (answer) => {
        answer.keyPackages = 49
      })
    case 'key-package':
      return tampering.answers(ClaimKeyPackagesResponseSchema, async (answer) => {
        for (const claimed of answer.keyPackages) claimed.keyPackage = await liar.operator.keyPackage()
      })
    case 'peer':
      return substituted(liar, (handle) => handle)
    case 'peer-of-another-handle':
      return substituted(liar, () => 'operator')
    case 'stale-epoch': {
      let left = 2
      return tampering.calls('Append', (proceed) => {
        if (left-- <= 0) return proceed()
        return Promise.reject(tampering.refusal('stale_epoch', Code.FailedPrecondition))
      })
    }
    case 'roster':
      return forgedRoster(liar)
    case 'ghost':
      return ghost(liar, victim)
    case 'invite':
      return staleInvite()
    case 'join-position':
      return tampering.answers(JoinGroupResponseSchema, (answer) => {
        answer.position += 2n
      })
    case 'join-hash':
      return tampering.answers(JoinGroupResponseSchema, (answer) => {
        answer.previousLogHash = new Uint8Array(32).fill(9)
      })
    default:
      return how satisfies never
  }
}

/** Whoever is asked for is the operator. */
function substituted({ operator }: Liar, handleOf: (handle: string) => string): tampering.Tampering {
  const substitute = (right: CreationRight | undefined) => {
    if (right?.peer) right.peer = operator.person(handleOf(right.peer.handle))
  }
  return together(
    tampering.answers(RequestChatResponseSchema, ({ right }) => substitute(right)),
    tampering.answers(AnswerRequestResponseSchema, ({ right }) => substitute(right)),
    tampering.answers(RequestMemberResponseSchema, (answer) => {
      if (answer.person) answer.person = operator.person(handleOf(answer.person.handle))
    }),
  )
}

/** Accounts, devices and wishes to leave that nobody has made. */
function forgedRoster({ operator }: Liar): tampering.Tampering {
  const { certificate, signaturePublicKey: signatureKey } = operator.device
  const deviceId = operator.randomId()
  const device = create(ChatDeviceSchema, { deviceId, certificate, signatureKey })
  const person = operator.person('operator')
  const account = create(ChatAccountSchema, { person, devices: [device], grant: NO_GRANT })
  return tampering.answers(ListChatDevicesResponseSchema, (answer) => {
    for (const one of answer.accounts) {
      one.devices.push(device)
      one.grant = NO_GRANT
      one.revocations = [operator.randomId()]
    }
    answer.accounts.push(account)
    answer.leaveRequests.push(operator.randomId(), new Uint8Array(200).fill(1))
  })
}

/**
 * All that a server can do to have the operator added to a group: it says that whoever is asked for is the operator, hands
 * out keys of the operator, and takes the commit that no honest service takes.
 */
function ghost({ operator }: Liar, { client, line }: Victim): tampering.Tampering {
  return together(
    tampering.calls('RequestMember', async (_proceed, { request }) => {
      const { handle } = request as RequestMemberRequest
      const person = operator.person(handle)
      const requestId = operator.randomId()
      const grant = NO_GRANT
      return create(RequestMemberResponseSchema, { status: RequestStatus.CREATE, requestId, person, grant })
    }),
    tampering.calls('ClaimKeyPackages', async (proceed) => {
      const { deviceId } = operator
      const keyPackage = await operator.keyPackage()
      return proceed().catch(() =>
        create(ClaimKeyPackagesResponseSchema, {
          keyPackages: [{ deviceId: DeviceId.toBytes(deviceId), keyPackage }],
        }),
      )
    }),
    tampering.calls('Append', (proceed, { request }) =>
      proceed().catch((error) => {
        const { account } = client
        const append = request as AppendRequest
        if (account.kind !== 'ready' || append.entry.case !== 'handshake') throw error
        return line.adopt(append, {
          accountId: AccountId.toBytes(account.account),
          deviceId: DeviceId.toBytes(account.device),
        })
      }),
    ),
  )
}

/** A group as it was when somebody first asked for it; the first time, one that nobody can read. */
function staleInvite(): tampering.Tampering {
  let first: FetchInviteResponse | undefined
  return tampering.answers(FetchInviteResponseSchema, (answer) => {
    if (first) Object.assign(answer, first)
    first ??= { ...answer }
    if (first.sealedKey === answer.sealedKey)
      answer.joinInfoCiphertext = answer.joinInfoCiphertext.map((byte, at) => (at === 40 ? byte ^ 1 : byte))
  })
}

function together(...all: readonly tampering.Tampering[]): tampering.Tampering {
  return {
    call: (call, proceed) =>
      all.reduce((next, { call: lie }) => (lie ? () => lie(call, next) : next), proceed)(),
  }
}
