/**
 * What has to change in a chat so that its devices are those of its accounts. The server names devices and hands on
 * what accounts say of them; it is believed in nothing: a device comes in by its account's certificate, and goes out
 * by its account's revocation (attacks A1, A3). What does not verify is passed over.
 */
import { type GroupView, verifyCertificate, verifyRevocation } from '@veche/mls'
import { AccountId, DecodeError, DeviceId } from '@veche/protocol'
import type { ChatAccount } from '@veche/protocol/gen/chats/v1/chats_pb.js'

export interface DeviceChange {
  /** Devices to come in, by account. */
  readonly adds: readonly Arrival[]
  /** Leaves to go out, with the accounts' words on them. */
  readonly removes: readonly {
    readonly leaf: number
    readonly deviceId: DeviceId
    readonly revocation: Uint8Array
  }[]
}

export interface Arrival {
  readonly accountId: AccountId
  readonly devices: ReadonlySet<DeviceId>
  /** For ClaimKeyPackages. */
  readonly grant: Uint8Array
}

export async function planChange(chat: GroupView, accounts: readonly ChatAccount[]): Promise<DeviceChange> {
  const listed = chat.state.members.map(({ accountId }) => AccountId.fromBytes(accountId))
  const members = new Set([...listed, ...chat.members.map(({ accountId }) => accountId)])
  const adds: Arrival[] = []
  const removes: DeviceChange['removes'][number][] = []
  for (const account of accounts) {
    const accountId = idOf(account)
    if (!accountId || !members.has(accountId)) continue
    const devices = await arrivalsOf(chat, accountId, account)
    if (devices.size > 0 && account.grant.length > 0) adds.push({ accountId, devices, grant: account.grant })
    removes.push(...(await departuresOf(chat, accountId, account)))
  }
  return { adds, removes }
}

/** Certified devices that are not in the chat, and were not put out of it. */
async function arrivalsOf(
  { members, state }: GroupView,
  accountId: AccountId,
  { devices }: ChatAccount,
): Promise<Set<DeviceId>> {
  const arrivals = new Set<DeviceId>()
  const revoked = new Set(state.revokedDevices.map((id) => DeviceId.fromBytes(id)))
  for (const { certificate, signatureKey } of devices) {
    const identity = await verified(() => verifyCertificate(certificate, signatureKey))
    if (identity?.accountId !== accountId || revoked.has(identity.deviceId)) continue
    const isPresent = members.some((one) => one.accountId === accountId && one.deviceId === identity.deviceId)
    if (!isPresent) arrivals.add(identity.deviceId)
  }
  return arrivals
}

/** A device does not put itself out (RFC 9420 section 12.2): another does. */
async function departuresOf(
  { members, ownLeaf }: GroupView,
  accountId: AccountId,
  { revocations }: ChatAccount,
): Promise<DeviceChange['removes'][number][]> {
  const departures = new Map<number, DeviceChange['removes'][number]>()
  for (const revocation of revocations) {
    const identity = await verified(() => verifyRevocation(revocation))
    if (identity?.accountId !== accountId) continue
    const { deviceId } = identity
    const member = members.find((one) => one.accountId === accountId && one.deviceId === deviceId)
    if (member && member.leaf !== ownLeaf)
      departures.set(member.leaf, { leaf: member.leaf, deviceId, revocation })
  }
  return [...departures.values()]
}

function idOf({ person }: ChatAccount): AccountId | undefined {
  return person?.accountId.length === 32 ? AccountId.fromBytes(person.accountId) : undefined
}

async function verified<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify()
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
