import { principalOf } from '@veche/service-kit'
import { listDevices as findDevices } from '../../database/devices.ts'
import { deviceMessage } from '../device-message.ts'
import type { AccountsRoute } from '../route.ts'

export const listDevices: AccountsRoute<'listDevices'> =
  ({ database }) =>
  async (_, call) => {
    const devices = await findDevices(database, [principalOf(call).accountId])
    return { devices: devices.map(deviceMessage) }
  }
