/** What stands beside a chat's log, as its journal keeps it: proto/veche/local/v1/marks.proto. Pure. */
import { create } from '@bufbuild/protobuf'
import { AccountId, DeviceId } from '@veche/protocol'
import { type OwnMark, OwnMarkSchema } from '@veche/protocol/gen/e2ee/v1/marks_pb.js'
import {
  type ChatMarks,
  ChatMarksSchema,
  type Heard,
  type HeardDevice,
  HeardDeviceSchema,
  HeardSchema,
} from '@veche/protocol/gen/local/v1/marks_pb.js'
import type { LocalChat } from './local-chat.ts'
import { mergeMarks, NO_MARK } from './own-mark.ts'
import type { SignalSender } from './signal-seal.ts'

export const NO_MARKS: ChatMarks = create(ChatMarksSchema)

/** Each part that is given takes the place of the one before. */
export function withMarks(before: ChatMarks, news: ChatMarks): ChatMarks {
  const own = news.own ?? before.own
  const heard = news.heard ?? before.heard
  const told = news.told ?? before.told
  const draft = news.draft ?? before.draft
  return create(ChatMarksSchema, {
    ...(own && { own }),
    ...(heard && { heard }),
    ...(told && { told }),
    ...(draft && { draft }),
  })
}

type Marked = Pick<LocalChat, 'marks' | 'read'>

/** Everything up to here was shown to the user, on this device or another one. */
export function readOf({ marks, read }: Marked): bigint {
  const elsewhere = marks.own?.present?.readPosition ?? 0n
  return elsewhere > read ? elsewhere : read
}

/** The own mark as it is to be: what the devices agreed on, and what was done here since. */
export function wantedMark(chat: Marked): OwnMark {
  const read = create(OwnMarkSchema, { readPosition: readOf(chat) })
  return mergeMarks(chat.marks.own?.present ?? NO_MARK, read)
}

/** A read position that another device of a chat has told; its account's greatest counts. */
export interface Reader {
  readonly accountId: AccountId
  readonly position: bigint
}

/** How far the other accounts have read, as far as they told. */
export function readersOf({ marks }: Pick<LocalChat, 'marks'>): Reader[] {
  const positions = new Map<AccountId, bigint>()
  for (const { accountId, readPosition } of marks.heard?.devices ?? []) {
    const id = AccountId.fromBytes(accountId)
    if (readPosition > (positions.get(id) ?? 0n)) positions.set(id, readPosition)
  }
  return [...positions].map(([accountId, position]) => ({ accountId, position }))
}

/** What a device has said. */
export interface Said {
  readonly sender: SignalSender
  readonly number: bigint
  readonly readPosition: bigint
}

/** The last number of a device's signals that is stored; 0 for none. */
export function numberOf({ marks }: Pick<LocalChat, 'marks'>, sender: SignalSender): bigint {
  return marks.heard?.devices.find((one) => isOf(one, sender))?.number ?? 0n
}

/** With what was said now; the read position of a device only grows. */
export function withSaid(heard: Heard | undefined, said: readonly Said[], delivered: bigint): Heard {
  const before = heard ?? create(HeardSchema)
  const devices = said.reduce((known: readonly HeardDevice[], { sender, number, readPosition }) => {
    const last = known.find((one) => isOf(one, sender))
    const position = last && last.readPosition > readPosition ? last.readPosition : readPosition
    const next = create(HeardDeviceSchema, {
      accountId: AccountId.toBytes(sender.accountId),
      deviceId: DeviceId.toBytes(sender.deviceId),
      number,
      readPosition: position,
    })
    return [...known.filter((one) => one !== last), next]
  }, before.devices)
  return create(HeardSchema, {
    devices: [...devices],
    delivered: delivered > before.delivered ? delivered : before.delivered,
  })
}

function isOf({ accountId, deviceId }: HeardDevice, sender: SignalSender): boolean {
  return (
    AccountId.fromBytes(accountId) === sender.accountId && DeviceId.fromBytes(deviceId) === sender.deviceId
  )
}
