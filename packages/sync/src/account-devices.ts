/**
 * Which devices the account has, as far as this one knows: what the server lists is compared with what was known, each
 * device is held against the account's key, and people are told what has changed (attack A3). Names that the user gives
 * to devices stand here too: the server knows none.
 */
import { create } from '@bufbuild/protobuf'
import { type DeviceIdentity, verifyCertificate } from '@veche/mls'
import { type AccountId, ChatId, DecodeError, DeviceId } from '@veche/protocol'
import type { Device, ListDevicesResponse } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import {
  type OwnDevice,
  OwnDeviceSchema,
  OwnDeviceState,
  OwnDevicesSchema,
} from '@veche/protocol/gen/local/v1/device_pb.js'
import type { DeviceStore } from './device-store.ts'
import type { DeviceNews, SyncEvent } from './events.ts'
import type { DeviceChangeInit } from './local-device.ts'
import type { Server } from './server.ts'

export interface DeviceWatch {
  readonly server: Pick<Server, 'accounts'>
  readonly store: DeviceStore
  readonly identity: Pick<DeviceIdentity, 'accountId'>
  readonly chats: Iterable<{ readonly state: { readonly chatId: ChatId } }>
  readonly onEvent: (event: SyncEvent) => void
}

/** For the journal: to be done with the next session. */
export const SEE_OWN_DEVICES = { intent: { case: 'seeOwnDevices', value: {} } } as const

/**
 * Lists the account's devices. Where they have changed, the chats follow: this device brings a new one in and puts one
 * out that is gone, whether or not the server says so of each chat.
 * @returns what the server lists
 * @throws UnreachableError, RefusedError
 */
export async function seeOwnDevices(watch: DeviceWatch): Promise<ListDevicesResponse> {
  const { server, store, identity, chats, onEvent } = watch
  const listed = await server.accounts.listDevices({})
  const before = store.state.ownDevices
  const { known, news } = compare(before, await statesOf(listed, identity.accountId))
  const followed = news.some(({ change }) => isForChats(change)) ? [...chats].map(toFollow) : []
  const isNew = before === undefined || news.length > 0
  const isIntended = store.state.intents.some(({ intent }) => intent.case === 'seeOwnDevices')
  const changes: DeviceChangeInit[] = [
    ...(isNew ? [{ case: 'ownDevices', value: { devices: known } } as const] : []),
    ...followed,
    ...(isIntended ? [{ case: 'intentDone', value: SEE_OWN_DEVICES } as const] : []),
  ]
  if (changes.length > 0) await store.store(...changes)
  for (const each of news) onEvent({ kind: 'own-device', ...each })
  return listed
}

/** Takes in that a device of the account came into a chat, whether or not the server lists it. */
export async function meetOwnDevice(
  { store, onEvent }: Pick<DeviceWatch, 'store' | 'onEvent'>,
  deviceId: DeviceId,
): Promise<void> {
  const before = store.state.ownDevices
  if (before === undefined || before.some((known) => DeviceId.fromBytes(known.deviceId) === deviceId)) return
  const added = create(OwnDeviceSchema, { deviceId: DeviceId.toBytes(deviceId), untold: true })
  await store.store({ case: 'ownDevices', value: { devices: [...before, added] } })
  onEvent({ kind: 'own-device', ...toNews(added) })
}

/** The account has ended these by this device's act: that is no news here, and its chats follow. */
export async function markGone(
  store: DeviceStore,
  gone: readonly DeviceId[],
  chats: DeviceWatch['chats'],
): Promise<void> {
  const before = store.state.ownDevices ?? []
  const others = before.filter(({ deviceId }) => !gone.includes(DeviceId.fromBytes(deviceId)))
  const ended = gone.map((id) =>
    create(OwnDeviceSchema, { deviceId: DeviceId.toBytes(id), state: OwnDeviceState.GONE }),
  )
  const value = create(OwnDevicesSchema, { devices: [...others, ...ended] })
  await store.store({ case: 'ownDevices', value }, ...[...chats].map(toFollow))
}

/** Of what people were not told yet; from local state. */
export function untoldNews({ state }: DeviceStore): DeviceNews[] {
  return (state.ownDevices ?? []).filter(({ untold }) => untold).map(toNews)
}

/** What was shown is news no more. */
export async function markTold(store: DeviceStore, shown: DeviceNews): Promise<void> {
  const before = store.state.ownDevices ?? []
  const isShown = (device: OwnDevice) =>
    device.untold && toNews(device).device === shown.device && toNews(device).change === shown.change
  if (!before.some(isShown)) return
  const devices = before.map((device) => (isShown(device) ? { ...device, untold: false } : device))
  await store.store({ case: 'ownDevices', value: { devices } })
}

/** @param name empty takes its name away */
export async function nameDevice(store: DeviceStore, deviceId: DeviceId, name: string): Promise<void> {
  const devices = (store.state.ownDevices ?? []).map((device) =>
    DeviceId.fromBytes(device.deviceId) === deviceId ? { ...device, name } : device,
  )
  await store.store({ case: 'ownDevices', value: { devices } })
}

/** To make the devices in a chat those of its accounts. */
function toFollow({ state }: { readonly state: { readonly chatId: ChatId } }): DeviceChangeInit {
  const value = ChatId.toBytes(state.chatId)
  return { case: 'intent', value: { intent: { case: 'followDevices', value } } }
}

type States = ReadonlyMap<DeviceId, OwnDeviceState>

/** The first list is what there is: nothing of it is news but what the account's key has not certified. */
function compare(
  before: readonly OwnDevice[] | undefined,
  listed: States,
): { readonly known: OwnDevice[]; readonly news: DeviceNews[] } {
  const known = new Map((before ?? []).map((device) => [DeviceId.fromBytes(device.deviceId), device]))
  const news: OwnDevice[] = []
  const enter = (id: DeviceId, state: OwnDeviceState, untold: boolean) => {
    const deviceId = DeviceId.toBytes(id)
    const device = create(OwnDeviceSchema, { deviceId, name: known.get(id)?.name ?? '', state, untold })
    known.set(id, device)
    if (untold) news.push(device)
  }
  for (const [id, state] of listed) {
    if (known.get(id)?.state === state) continue
    enter(id, state, before !== undefined || state === OwnDeviceState.UNCERTIFIED)
  }
  for (const [id, { state }] of known) {
    if (!listed.has(id) && state !== OwnDeviceState.GONE) enter(id, OwnDeviceState.GONE, true)
  }
  return { known: [...known.values()], news: news.map(toNews) }
}

async function statesOf({ devices, silent }: ListDevicesResponse, accountId: AccountId): Promise<States> {
  const states = new Map<DeviceId, OwnDeviceState>()
  for (const device of devices) {
    if (device.deviceId.length !== DeviceId.bytes) continue // it is none that could be in a chat
    const isOwn = await isCertified(device, accountId)
    const state = isOwn ? OwnDeviceState.UNSPECIFIED : OwnDeviceState.UNCERTIFIED
    states.set(DeviceId.fromBytes(device.deviceId), state)
  }
  for (const device of silent) {
    if (device.deviceId.length !== DeviceId.bytes || !(await isCertified(device, accountId))) continue
    const id = DeviceId.fromBytes(device.deviceId)
    if (!states.has(id)) states.set(id, OwnDeviceState.SILENT)
  }
  return states
}

/** Only the account's own word puts a device out of its chats, and it comes in by its certificate. */
function isForChats(change: DeviceNews['change']): boolean {
  return change === 'added' || change === 'removed'
}

/** Whether the account's own key says that the device is one of the account. */
async function isCertified(
  { certificate, signatureKey, deviceId }: Pick<Device, 'certificate' | 'signatureKey' | 'deviceId'>,
  accountId: AccountId,
): Promise<boolean> {
  try {
    const identity = await verifyCertificate(certificate, signatureKey)
    return identity.accountId === accountId && identity.deviceId === DeviceId.fromBytes(deviceId)
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}

function toNews({ deviceId, state }: OwnDevice): DeviceNews {
  return { device: DeviceId.fromBytes(deviceId), change: CHANGES[state] }
}

const CHANGES = {
  [OwnDeviceState.UNSPECIFIED]: 'added',
  [OwnDeviceState.UNCERTIFIED]: 'uncertified',
  [OwnDeviceState.GONE]: 'removed',
  [OwnDeviceState.SILENT]: 'silent',
} as const satisfies Record<OwnDeviceState, DeviceNews['change']>
