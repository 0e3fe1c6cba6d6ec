import { principalOf } from '@veche/service-kit'
import { endDevice } from '../../database/devices.ts'
import { dayOf } from '../../day.ts'
import { tellEnded } from '../../devices/endings.ts'
import type { AccountsRoute } from '../route.ts'

export const removeOwnDevice: AccountsRoute<'removeOwnDevice'> =
  ({ database, bus, clock }) =>
  async (_, call) => {
    const device = principalOf(call)
    await database.transaction((transaction) => endDevice(transaction, device, dayOf(clock.nowMs())))
    await tellEnded(bus, [device])
    return {}
  }
