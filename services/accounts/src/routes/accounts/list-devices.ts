import { principalOf } from '@veche/service-kit'
import { listDevices as findDevices } from '../../database/devices.ts'
import { listSilent } from '../../database/silent-devices.ts'
import { deviceMessage } from '../device-message.ts'
import type { AccountsRoute } from '../route.ts'

export const listDevices: AccountsRoute<'listDevices'> =
  ({ database }) =>
  async (_, call) => {
    const { accountId } = principalOf(call)
    const devices = await findDevices(database, [accountId])
    const silent = await listSilent(database, accountId)
    return { devices: devices.map(deviceMessage), silent: silent.map(deviceMessage) }
  }
