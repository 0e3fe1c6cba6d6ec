import { principalOf } from '@veche/service-kit'
import { findDevice } from '../database/devices.ts'
import { readPosition, readPositions } from './position.ts'
import type { Route } from './route.ts'

export const acknowledge: Route<'acknowledge'> =
  ({ database, acknowledgements, hub }) =>
  async (request, call) => {
    const caller = principalOf(call)
    const positions = [...readPositions(request.positions)].map(([chatId, position]) => ({
      chatId,
      position,
    }))
    const device = await findDevice(database, caller)
    if (device === undefined) return {} // it was never sent anything
    hub.renew(device, caller.expiresAtMs)
    await acknowledgements.store({
      device,
      accountId: caller.accountId,
      positions,
      inboxPosition: readPosition(request.inboxPosition),
    })
    return {}
  }
