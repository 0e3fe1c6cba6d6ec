/** The devices of the account on the screen: the list, ending one, and letting a new one in. */
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
  /** The password is asked for: to end this device, or to let a new one in. */
  | {
      readonly kind: 'password'
      readonly end?: DeviceView
      readonly field: TextField
      readonly isBusy: boolean
    }
  /** Until the new device comes. */
  | { readonly kind: 'code'; readonly code: string }
  /** The user compares. */
  | { readonly kind: 'digits'; readonly digits: string }

export type DevicesAct =
  | { readonly kind: 'list' }
  | { readonly kind: 'remove'; readonly device: DeviceView; readonly password: string }
  | { readonly kind: 'link'; readonly password: string }
  | { readonly kind: 'same-digits'; readonly isSame: boolean }
  /** Gives the linking up. */
  | { readonly kind: 'end-link' }

export type DevicesHappening =
  | { readonly kind: 'devices'; readonly devices: readonly DeviceView[] }
  | { readonly kind: 'linking-code'; readonly code: string }
  | { readonly kind: 'linking-digits'; readonly digits: string }
  /** An act has ended, well or not. */
  | { readonly kind: 'devices-told'; readonly told: string }

export function openDevices(): DevicesPlace {
  return { kind: 'devices', devices: undefined, stage: { kind: 'list' }, choice: 0, told: undefined }
}

/** The list's rows: the other devices, letting a new one in, back. */
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
    case 'linking-code':
      return { ...place, stage: { kind: 'code', code: happening.code }, choice: 0, told: undefined }
    case 'linking-digits':
      return { ...place, stage: { kind: 'digits', digits: happening.digits }, choice: 1, told: undefined }
    case 'devices-told':
      return { ...place, stage: { kind: 'list' }, choice: 0, told: happening.told }
    default:
      return happening satisfies never
  }
}
