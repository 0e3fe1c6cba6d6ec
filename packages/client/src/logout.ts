/** Signing out, up to where the device forgets: nothing that was written may be lost by it unasked. */
import { isEndedDevice, UsageError } from './errors.ts'
import type { Member } from './member.ts'

export interface LogoutOptions {
  /** Whether the encrypted histories stay on this device. */
  readonly keepHistory: boolean
  /** False where the server cannot be reached: the account's next sign-in ends the device there. True by default. */
  readonly tellServer?: boolean
  /** Whether messages that were not sent are given up. False by default. */
  readonly discardUnsent?: boolean
}

const CATCH_UP_MS = 20_000

/**
 * Brings what is under way to its end, and ends the device with the server.
 * @throws UnreachableError; UsageError `unsent_messages`; nothing has changed then
 */
export async function endDevice(
  { server, delivery }: Member,
  { tellServer = true, discardUnsent = false }: LogoutOptions,
): Promise<void> {
  if (tellServer) await unlessEnded(() => delivery.catchUp(CATCH_UP_MS))
  const isUnsent = [...delivery.chats].some(({ state }) =>
    state.outbox.some(({ position }) => position === 0n),
  )
  if (isUnsent && !discardUnsent) throw new UsageError('unsent_messages')
  if (tellServer) await unlessEnded(() => server.accounts.removeOwnDevice({}))
}

/** A device that the server does not accept any more has ended there already. */
async function unlessEnded(call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!isEndedDevice(error)) throw error
  }
}
