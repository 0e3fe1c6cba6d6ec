/** What it takes to enter a chat by a Welcome. */
import type { Device, DeviceIdentity } from '@veche/mls'
import { equalBytes } from '@veche/protocol'
import type { KeyPackageSecret } from '@veche/protocol/gen/local/v1/device_pb.js'
import type { AskingJoin } from './asking.ts'
import type { Chat } from './chat.ts'
import type { Chats } from './chats.ts'
import type { DeviceStore } from './device-store.ts'
import type { HistoryKeyStore } from './history-key-store.ts'
import type { OnStep } from './steps.ts'

export interface Joiner {
  readonly chats: Chats
  readonly store: DeviceStore
  readonly historyKeys: HistoryKeyStore
  readonly device: Device
  readonly identity: Pick<DeviceIdentity, 'accountId'>
  readonly onStep: OnStep
  /** Takes in what the server still has of a chat's log. As `pull`. */
  readonly catchUp: (chat: Chat) => Promise<'caught-up' | 'elsewhere'>
}

/** @param asked of the chat that the Welcome is for: a key package that was made for one request opens nothing else */
export function secretOf(
  { state }: DeviceStore,
  wanted: Uint8Array,
  asked?: AskingJoin,
): KeyPackageSecret | undefined {
  const own = [...state.keyPackages, ...(asked ? [asked.asking.secret] : [])]
  return own.find(({ reference }) => equalBytes(reference, wanted))
}
