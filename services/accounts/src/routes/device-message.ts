import { create } from '@bufbuild/protobuf'
import { DeviceId } from '@veche/protocol'
import {
  type Device as DeviceMessage,
  DeviceSchema,
  type LoginDevice,
  LoginDeviceSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { Device, UnrevokedDevice } from '../database/devices.ts'

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

/** A device as who signs in gets it, to say of it whether it is still the account's. */
export function loginDeviceMessage({ deviceId, active, seenDay }: UnrevokedDevice): LoginDevice {
  return create(LoginDeviceSchema, { deviceId: DeviceId.toBytes(deviceId), active, seenDay })
}
