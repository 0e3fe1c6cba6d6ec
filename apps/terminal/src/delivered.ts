/** Waits until the server has a message that this device keeps, or says that it is kept and goes out later. */
import { type Client, RefusedError, type SendReceipt, UnreachableError } from '@veche/client'
import type { ChatId } from '@veche/protocol'
import { isDiskFull } from './client-failure.ts'
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

export type Delivery =
  /** Its position in the chat's log. */
  { readonly kind: 'delivered'; readonly position: bigint } | Kept

/** Stored, and sent by a later run: the server did not take it in time, or here is no space to send it. */
interface Kept {
  readonly kind: 'kept'
  readonly because: 'unreached' | 'disk-full'
}

/** @throws RefusedError where the server refused it */
export async function deliver(
  client: Client,
  chat: ChatId,
  { id, acknowledged }: SendReceipt | Stored,
  { timeoutMs, terminal }: { readonly timeoutMs: number; readonly terminal: Terminal },
): Promise<Delivery> {
  const { interrupted } = terminal
  let because: Kept['because'] = 'unreached'
  const caughtUp = client.catchUp(timeoutMs).catch((error) => {
    if (isDiskFull(error)) because = 'disk-full'
    else if (!(error instanceof UnreachableError)) throw error
  })
  const stopped = new Promise<void>((resolve) => {
    interrupted.addEventListener('abort', () => resolve())
    if (interrupted.aborted) resolve()
  })
  const receipt = await Promise.race([...(acknowledged ? [acknowledged] : []), caughtUp, stopped])
  if (receipt !== undefined) return { kind: 'delivered', position: receipt.seq }
  const messages = await client.history(chat, { limit: handoverWindow })
  const found = messages.find((message) => message.id === id)
  if (found?.reason !== undefined) throw new RefusedError(found.reason)
  return found?.seq === undefined ? { kind: 'kept', because } : { kind: 'delivered', position: found.seq }
}

/** A visitor whose host ends is not told: it goes on by itself. */
export function tellKept({ terminal }: Context, to: string, fields: Fields, { because }: Kept): ExitCode {
  const { aborted, reason } = terminal.interrupted
  if (reason === leaving) return exitCode.interrupted
  if (because === 'disk-full') throw new Failure('message_kept_disk_full', exitCode.profile, to, fields)
  throw new Failure('message_kept', aborted ? exitCode.interrupted : exitCode.unreachable, to, fields)
}
