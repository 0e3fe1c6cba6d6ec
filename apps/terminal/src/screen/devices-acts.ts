/** What is done about the own devices. */
import type { Devices } from '@veche/client'
import { deviceText } from '../device-view.ts'
import type { Words } from '../words/en.ts'
import type { DevicesAct, DevicesHappening } from './devices-state.ts'

/** @throws what the client throws */
export async function performOnDevices(
  devices: Devices,
  act: DevicesAct,
  { says }: Words,
  take: (happening: DevicesHappening) => void,
): Promise<void> {
  if (act.kind === 'remove') {
    await devices.remove({ devices: [act.device.device], password: act.password })
    take({ kind: 'devices-told', told: says.devices.removed(deviceText(act.device)) })
  }
  take({ kind: 'devices', devices: await devices.list() })
  for (const news of devices.news()) await devices.told(news)
}
