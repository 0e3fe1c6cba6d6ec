/** Telling all processes of the server that a device has ended, so that its tokens are refused at once. */
import { type Bus, ENDED_DEVICE_TOPIC, type EndedDevice, encodeEndedDevice } from '@veche/service-kit'

/** Called after the transaction. A wake-up that is lost is made good within half a minute: see EndedDevices. */
export async function tellEnded(bus: Bus, devices: readonly EndedDevice[]): Promise<void> {
  for (const device of devices) {
    await bus.publish(ENDED_DEVICE_TOPIC, encodeEndedDevice(device)).catch(() => {})
  }
}
