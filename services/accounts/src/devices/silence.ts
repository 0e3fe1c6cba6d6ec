/**
 * Ends devices that were silent for 90 days of the server: they would hold for ever what is to be removed once every device
 * has it (M22). The account stays as it is, and whoever signs in anew revokes them by the account's own word, with which the
 * others in their chats put them out (A3); until then they are members that nobody waits for.
 *
 * Of days on which the server was not there nobody could give a sign: they do not count, and a clock that is set wrong adds
 * one day, not years.
 */
import type { AccountsContext } from '../context.ts'
import { endSilent, findSilent, markServerDay } from '../database/silent-devices.ts'
import { dayOf } from '../day.ts'
import { tellEnded } from './endings.ts'

export async function endSilentDevices({
  database,
  bus,
  clock,
}: Pick<AccountsContext, 'database' | 'bus' | 'clock'>): Promise<void> {
  const today = dayOf(clock.nowMs())
  const since = await markServerDay(database, today)
  if (since === undefined) return
  for (const device of await findSilent(database, since)) {
    const hasEnded = await database.transaction((transaction) => endSilent(transaction, device, since, today))
    if (hasEnded) await tellEnded(bus, [device])
  }
}
