/** The devices of the account on the screen: the list, and ending one. */
import type { DeviceView } from '@veche/client'
import type { TextField } from './text-field.ts'

export interface DevicesPlace {
  readonly kind: 'devices'
  /** Undefined until the server has told. */
  readonly devices: readonly DeviceView[] | undefined
  readonly stage: DevicesStage
  readonly choice: number
  /** What came of the last act. */
  readonly told: string | undefined
}

export type DevicesStage =
  | { readonly kind: 'list' }
  /** The password is asked for, to end this device. */
  | {
      readonly kind: 'password'
      readonly end: DeviceView
      readonly field: TextField
      readonly isBusy: boolean
    }

export type DevicesAct =
  | { readonly kind: 'list' }
  | { readonly kind: 'remove'; readonly device: DeviceView; readonly password: string }

export type DevicesHappening =
  | { readonly kind: 'devices'; readonly devices: readonly DeviceView[] }
  /** An act has ended, well or not. */
  | { readonly kind: 'devices-told'; readonly told: string }

export function openDevices(): DevicesPlace {
  return { kind: 'devices', devices: undefined, stage: { kind: 'list' }, choice: 0, told: undefined }
}

/** The list's rows: the other devices, then back. */
export function otherDevices({ devices = [] }: DevicesPlace): DeviceView[] {
  return devices.filter(({ current }) => !current)
}

export function onDevicesHappening(place: DevicesPlace, happening: DevicesHappening): DevicesPlace {
  switch (happening.kind) {
    case 'devices': {
      const isFirst = place.devices === undefined
      const next = { ...place, devices: happening.devices }
      return isFirst ? { ...next, choice: otherDevices(next).length } : next
    }
    case 'devices-told':
      return { ...place, stage: { kind: 'list' }, choice: 0, told: happening.told }
    default:
      return happening satisfies never
  }
}
