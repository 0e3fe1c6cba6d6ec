import type { ChatId } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import type { Device, NumberedDevice } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { findDevice } from '../database/devices.ts'
import { findAudience } from '../database/marks.ts'
import { MAX_SIGNAL_BYTES, MAX_SIGNAL_MEMBERS } from '../limits.ts'

/** Who sends a signal into a chat, and whether it goes on to anybody. */
export interface SignalSender extends NumberedDevice {
  /** The chat is small enough, and nobody is blocked in it. */
  readonly isHeard: boolean
}

/** @throws RpcError NOT_FOUND chat_unknown; INVALID_ARGUMENT signal_invalid */
export async function findSignalSender(
  { database }: ChatsContext,
  caller: Device,
  chatId: ChatId,
  sealed: Uint8Array,
): Promise<SignalSender> {
  const { accountId, deviceId } = caller
  if (sealed.length === 0 || sealed.length > MAX_SIGNAL_BYTES)
    throw new RpcError(Code.InvalidArgument, 'signal_invalid')
  const device = await findDevice(database, caller)
  const audience = device && (await findAudience(database, chatId, device))
  if (!audience) throw new RpcError(Code.NotFound, 'chat_unknown')
  const isHeard = !audience.isBlocked && audience.members <= MAX_SIGNAL_MEMBERS
  return { accountId, deviceId, device, isHeard }
}
