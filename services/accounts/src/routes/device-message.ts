import { create } from '@bufbuild/protobuf'
import { DeviceId } from '@veche/protocol'
import { type Device as DeviceMessage, DeviceSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { Device } from '../database/devices.ts'

/** A device as it goes over the wire. */
export function deviceMessage(device: Device): DeviceMessage {
  return create(DeviceSchema, {
    deviceId: DeviceId.toBytes(device.deviceId),
    certificate: Uint8Array.from(device.certificate),
    signatureKey: Uint8Array.from(device.signatureKey),
    enrolledDay: device.enrolledDay,
    seenDay: device.seenDay,
  })
}
