/** What the device itself remembers beside its chats: a value, changed only by `applyDeviceChanges`. */
import { create, type MessageInitShape } from '@bufbuild/protobuf'
import { AccountId, decodeMessage, encodeMessage, equalBytes } from '@veche/protocol'
import {
  type DeviceChange,
  DeviceChangeSchema,
  DeviceRecordSchema,
  DeviceSnapshotSchema,
  type Intent,
  IntentSchema,
  type Joining,
  type KeptHistory,
  KeptHistorySchema,
  type KeyPackageSecret,
  type Leaving,
  type NewSheet,
  type OwnDevice,
  OwnDevicesSchema,
  type Pin,
  type Profile,
  type Recovering,
  type Registering,
} from '@veche/protocol/gen/local/v1/device_pb.js'
import type { Switches } from '@veche/protocol/gen/local/v1/marks_pb.js'

/** As a block of a journal. */
const MAX_BYTES = 64 * 1024 * 1024

export interface LocalDevice {
  readonly profile?: Profile | undefined
  readonly registering?: Registering | undefined
  readonly keyPackages: readonly KeyPackageSecret[]
  readonly inboxPosition: bigint
  /** By handle. */
  readonly pins: ReadonlyMap<string, LocalPin>
  readonly intents: readonly Intent[]
  /** The user has signed out, and not everything is forgotten yet. */
  readonly leaving?: Leaving | undefined
  /** Histories that an account which signed out has left here; nobody else may come in. */
  readonly keptHistory?: KeptHistory | undefined
  /** The 12 words of the recovery sheet, until its owner has it in hand; empty afterwards. */
  readonly unseenRecovery: string
  readonly recovering?: Recovering | undefined
  readonly newSheet?: NewSheet | undefined
  /** Groups that the user joins by links, until this device is in them. */
  readonly joinings: readonly Joining[]
  /** Undefined until the account's devices were listed once. */
  readonly ownDevices?: readonly OwnDevice[] | undefined
  /** What the account lets others see. */
  readonly switches?: Switches | undefined
}

/** The account that a handle is bound to. */
export interface LocalPin {
  readonly accountId: AccountId
  readonly verified: boolean
  /** The account that the handle was shown with since, for the user to accept. */
  readonly claimedBy?: AccountId
}

export const NEW_DEVICE: LocalDevice = {
  keyPackages: [],
  inboxPosition: 0n,
  pins: new Map(),
  intents: [],
  unseenRecovery: '',
  joinings: [],
}

export type DeviceChangeInit = NonNullable<MessageInitShape<typeof DeviceChangeSchema>['change']>

export function toDeviceChanges(...changes: readonly DeviceChangeInit[]): DeviceChange[] {
  return changes.map((change) => create(DeviceChangeSchema, { change }))
}

export function applyDeviceChanges(device: LocalDevice, changes: readonly DeviceChange[]): LocalDevice {
  return changes.reduce(applyChange, device)
}

function applyChange(device: LocalDevice, { change }: DeviceChange): LocalDevice {
  switch (change.case) {
    case 'registering':
      return { ...device, registering: change.value }
    case 'registrationEnded':
      return { ...device, registering: undefined }
    case 'profile':
      return { ...device, profile: change.value, registering: undefined, recovering: undefined }
    case 'keyPackage':
      return { ...device, keyPackages: [...device.keyPackages, change.value] }
    case 'keyPackageRemoved': {
      const isOther = ({ reference }: KeyPackageSecret) => !equalBytes(reference, change.value)
      return { ...device, keyPackages: device.keyPackages.filter(isOther) }
    }
    case 'inboxPosition':
      return { ...device, inboxPosition: change.value }
    case 'pin':
      return { ...device, pins: new Map([...device.pins, toLocalPin(change.value)]) }
    case 'intent':
      return { ...device, intents: [...withoutIntent(device.intents, change.value), change.value] }
    case 'intentDone':
      return { ...device, intents: withoutIntent(device.intents, change.value) }
    case 'leaving':
      return { ...device, leaving: change.value }
    case 'left':
      return afterLeaving(device)
    case 'unseenRecovery':
      return { ...device, unseenRecovery: change.value }
    case 'recovering':
      return { ...device, recovering: change.value }
    case 'recoveryEnded':
      return { ...device, recovering: undefined }
    case 'newSheet':
      return { ...device, newSheet: change.value }
    case 'newSheetEnded':
      return { ...device, newSheet: undefined }
    case 'joining':
      return {
        ...device,
        joinings: [...withoutJoining(device.joinings, change.value.chatId), change.value],
      }
    case 'joiningEnded':
      return { ...device, joinings: withoutJoining(device.joinings, change.value) }
    case 'ownDevices':
      return { ...device, ownDevices: change.value.devices }
    case 'switches':
      return { ...device, switches: change.value }
    case undefined:
      return device
    default:
      return change satisfies never
  }
}

/** Whom handles stood for is remembered along with the history. */
function afterLeaving({ profile, leaving, pins }: LocalDevice): LocalDevice {
  if (!leaving?.keepHistory || !profile) return NEW_DEVICE
  const { accountId } = profile
  const keptHistory = create(KeptHistorySchema, { accountId, chats: leaving.chats })
  return { ...NEW_DEVICE, pins, keptHistory }
}

export function encodeDeviceRecord(changes: readonly DeviceChange[]): Uint8Array {
  return encodeMessage(DeviceRecordSchema, create(DeviceRecordSchema, { changes: [...changes] }))
}

export function encodeDeviceSnapshot(device: LocalDevice): Uint8Array {
  const pins = [...device.pins].map(([handle, pin]) => toPin(handle, pin))
  return encodeMessage(
    DeviceSnapshotSchema,
    create(DeviceSnapshotSchema, {
      keyPackages: [...device.keyPackages],
      inboxPosition: device.inboxPosition,
      pins,
      intents: [...device.intents],
      unseenRecovery: device.unseenRecovery,
      joinings: [...device.joinings],
      ...(device.profile && { profile: device.profile }),
      ...(device.registering && { registering: device.registering }),
      ...(device.leaving && { leaving: device.leaving }),
      ...(device.keptHistory && { keptHistory: device.keptHistory }),
      ...(device.recovering && { recovering: device.recovering }),
      ...(device.newSheet && { newSheet: device.newSheet }),
      ...(device.ownDevices && {
        ownDevices: create(OwnDevicesSchema, { devices: [...device.ownDevices] }),
      }),
      ...(device.switches && { switches: device.switches }),
    }),
  )
}

/** @throws DecodeError */
export function replayDevice(snapshot: Uint8Array | undefined, records: readonly Uint8Array[]): LocalDevice {
  const start = snapshot ? decodeDeviceSnapshot(snapshot) : NEW_DEVICE
  return records.reduce(
    (device, record) =>
      applyDeviceChanges(device, decodeMessage(DeviceRecordSchema, record, MAX_BYTES).changes),
    start,
  )
}

function decodeDeviceSnapshot(bytes: Uint8Array): LocalDevice {
  const decoded = decodeMessage(DeviceSnapshotSchema, bytes, MAX_BYTES)
  const { profile, registering, keyPackages, inboxPosition, pins, intents } = decoded
  const { leaving, keptHistory, unseenRecovery, recovering, newSheet, joinings, ownDevices, switches } =
    decoded
  return {
    profile,
    registering,
    keyPackages,
    inboxPosition,
    pins: new Map(pins.map(toLocalPin)),
    intents,
    leaving,
    keptHistory,
    unseenRecovery,
    recovering,
    newSheet,
    joinings,
    ownDevices: ownDevices?.devices,
    switches,
  }
}

export function toPin(handle: string, { accountId, verified, claimedBy }: LocalPin) {
  const claim = claimedBy === undefined ? {} : { claimedBy: AccountId.toBytes(claimedBy) }
  return { handle, accountId: AccountId.toBytes(accountId), verified, ...claim }
}

function toLocalPin({ handle, accountId, verified, claimedBy }: Pin): [string, LocalPin] {
  const claim = claimedBy.length === 0 ? {} : { claimedBy: AccountId.fromBytes(claimedBy) }
  return [handle, { accountId: AccountId.fromBytes(accountId), verified, ...claim }]
}

function withoutIntent(intents: readonly Intent[], intent: Intent): readonly Intent[] {
  const bytes = encodeMessage(IntentSchema, intent)
  return intents.filter((one) => !equalBytes(encodeMessage(IntentSchema, one), bytes))
}

function withoutJoining(joinings: readonly Joining[], chatId: Uint8Array): readonly Joining[] {
  return joinings.filter((joining) => !equalBytes(joining.chatId, chatId))
}
