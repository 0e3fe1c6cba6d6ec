/** Waits until the server has a message that this device keeps, or says that it is kept and goes out later. */
import { type Client, RefusedError, type SendReceipt, UnreachableError } from '@veche/client'
import type { ChatId } from '@veche/protocol'
import type { Context } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'
import { leaving } from './handover/host.ts'
import type { Fields } from './output.ts'
import type { Terminal } from './terminal.ts'

/** Messages that may come into a chat while a command changes hands. */
export const handoverWindow = 1000

/** A message that another process has stored. */
export interface Stored {
  readonly id: string
  readonly acknowledged?: undefined
}

/**
 * The message's position in the chat's log; undefined when the server did not take it in time.
 * @throws RefusedError where the server refused it
 */
export async function delivered(
  client: Client,
  chat: ChatId,
  { id, acknowledged }: SendReceipt | Stored,
  { timeoutMs, terminal }: { readonly timeoutMs: number; readonly terminal: Terminal },
): Promise<bigint | undefined> {
  const { interrupted } = terminal
  const caughtUp = client.catchUp(timeoutMs).catch((error) => {
    if (!(error instanceof UnreachableError)) throw error
  })
  const stopped = new Promise<void>((resolve) => {
    interrupted.addEventListener('abort', () => resolve())
    if (interrupted.aborted) resolve()
  })
  const receipt = await Promise.race([...(acknowledged ? [acknowledged] : []), caughtUp, stopped])
  if (receipt !== undefined) return receipt.seq
  const messages = await client.history(chat, { limit: handoverWindow })
  const found = messages.find((message) => message.id === id)
  if (found?.reason !== undefined) throw new RefusedError(found.reason)
  return found?.seq
}

/** A visitor whose host ends is not told: it goes on by itself. */
export function tellKept({ terminal }: Context, to: string, fields: Fields): ExitCode {
  const { aborted, reason } = terminal.interrupted
  if (reason === leaving) return exitCode.interrupted
  throw new Failure('message_kept', aborted ? exitCode.interrupted : exitCode.unreachable, to, fields)
}
