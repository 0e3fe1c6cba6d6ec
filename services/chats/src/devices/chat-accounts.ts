/** Who the devices of a chat should be, for the devices in it to compare with the MLS tree. */
import type { MessageInitShape } from '@bufbuild/protobuf'
import { readRevocation } from '@veche/mls/wire'
import { AccountId, type ChatId, DecodeError, DeviceId } from '@veche/protocol'
import type { Account } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { ChatType, type ListChatDevicesResponseSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type Device, type DeviceKey, deviceKey } from '../append/roster.ts'
import type { ChatsContext } from '../context.ts'
import { findAccountsOf } from '../database/chats.ts'
import { findDevice } from '../database/devices.ts'
import { findGroup } from '../database/groups.ts'
import { listLeaveRequests } from '../database/leave-requests.ts'
import { readRosters } from '../database/log.ts'
import { listReplacements } from '../database/replacements.ts'
import { listWaiting } from '../groups/join-requests.ts'
import { personOf } from '../people.ts'

/**
 * The accounts of a chat that the caller's device is in, who wishes to leave it, and which devices wish to be replaced;
 * undefined for any other chat.
 */
export async function listChatAccounts(
  { database, people, grantKey, clock }: Pick<ChatsContext, 'database' | 'people' | 'grantKey' | 'clock'>,
  chatId: ChatId,
  caller: Device,
  { allGrants = false }: { readonly allGrants?: boolean } = {},
): Promise<MessageInitShape<typeof ListChatDevicesResponseSchema> | undefined> {
  const number = await findDevice(database, caller)
  const chat = number && (await findAccountsOf(database, chatId, number))
  if (!chat) return undefined
  const roster = (await readRosters(database, [chatId])).get(chatId)
  const present = new Set(roster?.keys())
  const accounts = await people.find(chat.accounts)
  const leaveRequests = chat.type === ChatType.GROUP ? await listLeaveRequests(database, chatId) : []
  const views = [...accounts.values()].map((account) => {
    const id = AccountId.fromBytes(account.accountId)
    const isPresent = (deviceId: DeviceId) => present.has(deviceKey({ accountId: id, deviceId }))
    const isComplete = account.devices.every(({ deviceId }) => isPresent(DeviceId.fromBytes(deviceId)))
    return {
      person: personOf(account),
      devices: account.devices.map(({ deviceId, certificate, signatureKey }) => ({
        deviceId,
        certificate,
        signatureKey,
      })),
      revocations: revocationsOf(account, present),
      ...((allGrants || !isComplete) && { grant: grantKey.grant(caller.accountId, id, clock.nowMs()) }),
    }
  })
  const joinRequests = await joinsWaiting({ database, people }, chatId, caller)
  const replacements = await listReplacements(database, chatId)
  const waiting = { joinRequests, replacements: [...replacements] }
  return { accounts: views, leaveRequests: [...leaveRequests], ...waiting }
}

/** Who asks to be let in by links that demand no answer, as far as the caller's devices may do it. */
async function joinsWaiting(
  { database, people }: Pick<ChatsContext, 'database' | 'people'>,
  chatId: ChatId,
  { accountId }: Device,
) {
  const group = await findGroup(database, chatId)
  const waiting = group ? await listWaiting(database, chatId, group.state, accountId) : []
  const askers = await people.find(waiting.map(({ asker }) => asker))
  return waiting.flatMap(({ asker, joinRequest }) => {
    const account = askers.get(asker)
    return account ? [{ person: personOf(account), joinRequest }] : []
  })
}

/** The account's words on devices that still stand in the chat. */
function revocationsOf({ revocations }: Account, present: ReadonlySet<DeviceKey>): Uint8Array[] {
  return revocations.filter((revocation) => {
    const device = revokedIn(revocation)
    return device && present.has(deviceKey(device))
  })
}

function revokedIn(revocation: Uint8Array): Device | undefined {
  try {
    return readRevocation(revocation)
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
