/** Devices of the own account, as people are told of them: by their name on this device, or the beginning of their id. */
import type { ClientEvent, Devices, DeviceView } from '@veche/client'
import { wrongUse } from './failure.ts'
import type { Fields } from './output.ts'
import { oneLine } from './plain-text.ts'
import type { Words } from './words/en.ts'
import { calendarDay, type Language } from './words/language.ts'

/** A device that has come or gone. */
export type DeviceEvent = Extract<ClientEvent, { type: 'device' }>

const shortCharacters = 8
/** Of its id, where it is named by a part of it. */
const leastCharacters = 4

export function shortId(device: DeviceView['device']): string {
  return device.slice(0, shortCharacters)
}

/** "office (mfrggzdf)", or the id's beginning alone. */
export function deviceText({ device, name }: Pick<DeviceView, 'device' | 'name'>): string {
  return name === '' ? shortId(device) : `${oneLine(name)} (${shortId(device)})`
}

const dayMs = 86_400_000

/** Whether it is this one, when it was last seen, or what is wrong with it. */
export function deviceStateText(device: DeviceView, { says, labels }: Words, language: Language): string {
  const { seenOn, silent, notCertified } = says.devices
  if (device.current) return labels.thisDevice
  if (!device.certified) return notCertified
  return device.silent ? silent : seenOn(calendarDay(language, noonOf(device.seenDay)))
}

/** The same day in nearly all time zones. */
export function noonOf(day: number): Date {
  return new Date(day * dayMs + dayMs / 2)
}

export function deviceEventFields({ type, change, device, name }: DeviceEvent): Fields {
  return { type, change, device, name: name === '' ? null : name }
}

export function deviceEventText(event: DeviceEvent, { says }: Words): string {
  return says.devices.news[event.change](deviceText(event), shortId(event.device))
}

/**
 * The device that the user means: by its name here, or by the beginning of its id.
 * @throws Failure `device_unknown`, `device_ambiguous`
 */
export async function findDevice(devices: Devices, text: string): Promise<DeviceView> {
  const all = await devices.list()
  const id = text.toLowerCase()
  const byName = all.filter(({ name }) => name !== '' && name === text.normalize('NFC'))
  const byId = id.length < leastCharacters ? [] : all.filter(({ device }) => device.startsWith(id))
  const found = byName.length > 0 ? byName : byId
  if (found.length > 1) throw wrongUse('device_ambiguous', text)
  if (found[0] === undefined) throw wrongUse('device_unknown', text)
  return found[0]
}

/** The six digits of a linking, easier to compare. */
export function inGroups(digits: string): string {
  return `${digits.slice(0, 3)} ${digits.slice(3)}`
}
