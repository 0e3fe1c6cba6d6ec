import type { DeviceNumber } from '../append/roster.ts'
import { inboxKinds, type NewInboxItem } from '../database/inbox.ts'

/** Tells a device that its account has another device, or one less. */
export function ownDevicesChanged(device: DeviceNumber): NewInboxItem {
  return { device, kind: inboxKinds.ownDevicesChanged, subject: new Uint8Array() }
}
