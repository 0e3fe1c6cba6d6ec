/** After something was marked: the account's other devices learn of it now, or when this one is connected next. */
import { type Client, isEndedDevice, UnreachableError } from '@veche/client'
import { isDiskFull } from './client-failure.ts'
import type { Context } from './context.ts'

const passOnMs = 5000

export async function passOn(client: Client, { hosted }: Pick<Context, 'hosted'>): Promise<void> {
  if (hosted !== undefined) return // the host is connected all the time
  try {
    await client.catchUp(passOnMs)
  } catch (error) {
    // What has no space now is passed on by a later command; a device that has ended passes nothing on.
    if (!(error instanceof UnreachableError || isDiskFull(error) || isEndedDevice(error))) throw error
  }
}
