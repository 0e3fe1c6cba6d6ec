/** Each lie of a story as a tampering with one device's line. */
import { create } from '@bufbuild/protobuf'
import { Code } from '@connectrpc/connect'
import { AccountId, DeviceId } from '@veche/protocol'
import {
  ClaimKeyPackagesResponseSchema,
  GetOwnAccountResponseSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import {
  AnswerRequestResponseSchema,
  AppendResponseSchema,
  type CreationRight,
  type Entry,
  EntryKind,
  EntrySchema,
  ListEntriesResponseSchema,
  RequestChatResponseSchema,
  type Welcome,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Victim } from '../evil-server.ts'
import type { Operator } from '../operator.ts'
import type { ShownLog } from '../shown-log.ts'
import * as tampering from '../tampering.ts'
import type { CallLie, EntryLie, InboxLie, Lie } from './steps.ts'

export interface Liar {
  readonly operator: Operator
  /** A commit and a message of a group of the operator's own. */
  readonly forgeries: { readonly commit: Uint8Array; readonly message: Uint8Array }
  /** An entry of any other chat. */
  readonly fromAnother: (log: ShownLog) => Entry | undefined
}

export function toTampering(liar: Liar, victim: Victim, lie: Lie): tampering.Tampering {
  switch (lie.about) {
    case 'entry':
      return entryLie(liar, victim, lie.how, tampering.nth(lie.nth))
    case 'call':
      return callLie(lie.rpc, lie.how, lie.times)
    case 'inbox':
      return inboxLie(liar, lie.how)
    case 'answer':
      return answerLie(liar, lie.how)
    default:
      return lie satisfies never
  }
}

function entryLie(
  liar: Liar,
  { client }: Victim,
  how: EntryLie,
  which: tampering.Which,
): tampering.Tampering {
  const flip = (bytes: Uint8Array) => (bytes.length === 0 ? Uint8Array.of(1) : bytes.with(0, bytes[0]! ^ 1))
  const alter = (change: (entry: Entry) => Partial<Entry>) => tampering.altered(which, change)
  const before = (forged: (entry: Entry, log: ShownLog) => Entry | undefined) =>
    tampering.entries(which, (entry, log) => {
      const added = forged(entry, log)
      return added ? [added, entry] : [entry]
    })
  const inPlaceOf = (entry: Entry, change: Partial<Entry>) =>
    create(EntrySchema, { ...entry, messageId: liar.operator.randomId(), ...change })
  switch (how) {
    case 'left-out':
      return tampering.leftOut(which)
    case 'doubled':
      return tampering.twice(which)
    case 'swapped':
      return tampering.swapped(which)
    case 'held':
      return tampering.withheld(() => true)
    case 'removed':
      return alter(() => ({ kind: EntryKind.REMOVED, entryHash: new Uint8Array(32).fill(3) }))
    case 'replayed':
      return before((_entry, log) => log.entries[0])
    case 'from-another-chat':
      return before((_entry, log) => liar.fromAnother(log))
    case 'forged-message':
      return before((entry) =>
        inPlaceOf(entry, { kind: EntryKind.APPLICATION, mlsMessage: liar.forgeries.message }),
      )
    case 'forged-commit':
      return before((entry) =>
        inPlaceOf(entry, { kind: EntryKind.COMMIT, mlsMessage: liar.forgeries.commit }),
      )
    case 'forged-as-own':
      return before((entry) => {
        const { account } = client
        if (account.kind !== 'ready') return undefined
        const own = {
          accountId: AccountId.toBytes(account.account),
          deviceId: DeviceId.toBytes(account.device),
        }
        return inPlaceOf(entry, { ...own, kind: EntryKind.APPLICATION })
      })
    case 'altered-message':
      return alter(({ mlsMessage }) => ({ mlsMessage: mlsMessage.with(-1 + mlsMessage.length, 7) }))
    case 'altered-content':
      return alter(({ contentCiphertext }) => ({ contentCiphertext: flip(contentCiphertext) }))
    case 'altered-wrapped-key':
      return alter(({ wrappedKey }) => ({ wrappedKey: flip(wrappedKey) }))
    case 'altered-message-id':
      return alter(({ messageId }) => ({ messageId: flip(messageId) }))
    case 'altered-account':
      return alter(({ accountId }) => ({ accountId: flip(accountId) }))
    case 'altered-device':
      return alter(({ deviceId }) => ({ deviceId: flip(deviceId) }))
    case 'altered-kind':
      return alter(({ kind }) => ({
        kind: kind === EntryKind.COMMIT ? EntryKind.APPLICATION : EntryKind.COMMIT,
      }))
    case 'altered-epoch':
      return alter(({ epoch }) => ({ epoch: epoch + 1n }))
    default:
      return how satisfies never
  }
}

function callLie(rpc: string, how: CallLie, times: number): tampering.Tampering {
  let left = times
  const spend = () => left-- > 0
  switch (how) {
    case 'lost':
      return tampering.lost(rpc, spend)
    case 'unanswered':
      return tampering.unanswered(rpc, spend)
    case 'repeated':
      return tampering.repeated(rpc)
    default:
      return how satisfies never
  }
}

function answerLie(liar: Liar, how: Extract<Lie, { about: 'answer' }>['how']): tampering.Tampering {
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
      return both(
        tampering.answers(RequestChatResponseSchema, ({ right }) => substitute(liar, right)),
        tampering.answers(AnswerRequestResponseSchema, ({ right }) => substitute(liar, right)),
      )
    case 'stale-epoch': {
      let left = 2
      return tampering.calls('Append', (proceed) => {
        if (left-- <= 0) return proceed()
        return Promise.reject(tampering.refusal('stale_epoch', Code.FailedPrecondition))
      })
    }
    default:
      return how satisfies never
  }
}

function substitute({ operator }: Liar, right: CreationRight | undefined): void {
  if (right?.peer) right.peer = operator.person(right.peer.handle)
}

function both(one: tampering.Tampering, other: tampering.Tampering): tampering.Tampering {
  return { call: (call, proceed) => other.call!(call, () => one.call!(call, proceed)) }
}

function inboxLie({ operator }: Liar, how: InboxLie): tampering.Tampering {
  const welcomes = (change: (welcome: Welcome) => void) =>
    tampering.items((item) => {
      if (item.item.case === 'welcome') change(item.item.value)
      return [item]
    })
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
    default:
      return how satisfies never
  }
}
