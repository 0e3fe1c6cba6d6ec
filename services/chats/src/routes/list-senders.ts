import { AccountId, DeviceId } from '@veche/protocol'
import type { Sender } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Code, principalOf, RpcError } from '@veche/service-kit'
import type { Device } from '../append/roster.ts'
import { findArchiveStart, findPresentAfter } from '../database/archive.ts'
import { findDevice } from '../database/devices.ts'
import { archivePagesPerAccount, ensureWithin, MAX_SENDERS } from '../limits.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const listSenders: Route<'listSenders'> =
  ({ database, limiter, people }) =>
  async (request, call) => {
    const { accountId, deviceId } = principalOf(call)
    await ensureWithin(limiter, archivePagesPerAccount, accountId)
    if (request.senders.length > MAX_SENDERS) throw new RpcError(Code.InvalidArgument, 'too_many_ids')
    const chatId = readChatId(request.chatId)
    const device = await findDevice(database, { accountId, deviceId })
    const after = device && (await findArchiveStart(database, chatId, { accountId, device }))
    if (after === undefined) throw new RpcError(Code.NotFound, 'chat_unknown')
    const present = await findPresentAfter(database, chatId, request.senders.flatMap(deviceOf), after)
    const devices = await people.devices(present)
    return {
      devices: devices.map(({ deviceId, certificate, signatureKey }) => ({
        deviceId,
        certificate,
        signatureKey,
      })),
    }
  }

/** None for what can be no device. */
function deviceOf({ accountId, deviceId }: Sender): Device[] {
  if (accountId.length !== AccountId.bytes || deviceId.length !== DeviceId.bytes) return []
  return [{ accountId: AccountId.fromBytes(accountId), deviceId: DeviceId.fromBytes(deviceId) }]
}
