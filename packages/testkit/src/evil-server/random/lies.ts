/** Each lie of a story as a tampering with one device's line. */
import { create } from '@bufbuild/protobuf'
import { AccountId, DeviceId } from '@veche/protocol'
import { type Entry, EntryKind, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Victim } from '../evil-server.ts'
import type { Operator } from '../operator.ts'
import type { ShownLog } from '../shown-log.ts'
import * as tampering from '../tampering.ts'
import { answerLie } from './answer-lies.ts'
import { inboxLie } from './inbox-lies.ts'
import type { CallLie, EntryLie, Lie } from './steps.ts'

export interface Liar {
  readonly operator: Operator
  /** A commit and a message of a group of the operator's own. */
  readonly forgeries: { readonly commit: Uint8Array; readonly message: Uint8Array }
  /** An entry of any other chat. */
  readonly fromAnother: (log: ShownLog) => Entry | undefined
  /** A key package of this victim's, as it came to the server. */
  readonly packageOf: (victim: Victim) => Uint8Array | undefined
}

export function toTampering(liar: Liar, victim: Victim, lie: Lie): tampering.Tampering {
  switch (lie.about) {
    case 'entry':
      return entryLie(liar, victim, lie.how, tampering.nth(lie.nth))
    case 'call':
      return callLie(lie.rpc, lie.how, lie.times)
    case 'inbox':
      return inboxLie(liar, victim, lie.how)
    case 'answer':
      return answerLie(liar, victim, lie.how)
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
