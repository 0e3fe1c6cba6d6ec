import { AccountId, DeviceId } from '@veche/protocol'
import { listEnded } from '../../database/devices.ts'
import { dayOf } from '../../day.ts'
import type { InternalRoute } from '../route.ts'

export const listEndedDevices: InternalRoute<'listEndedDevices'> =
  ({ database, clock }) =>
  async () => {
    const ended = await listEnded(database, dayOf(clock.nowMs()) - 1)
    return {
      devices: ended.map(({ accountId, deviceId, revoked }) => ({
        accountId: AccountId.toBytes(accountId),
        deviceId: DeviceId.toBytes(deviceId),
        revoked,
      })),
    }
  }
