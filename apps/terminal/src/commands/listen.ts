/**
 * Shows what comes from others, as it comes; first what came since the last time. While it runs it hosts the
 * commands of other processes on the same profile (handover/host.ts).
 */
import type { Client } from '@veche/client'
import type { Context } from '../context.ts'
import { maxTimeoutMs } from '../duration.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure } from '../failure.ts'
import { countOption, durationOption } from '../given-values.ts'
import { hostCommands } from '../host-commands.ts'
import { Listener } from '../listener.ts'
import { withAccount } from '../profile.ts'

const maxCount = 1_000_000

interface ListenOptions {
  readonly count?: string
  readonly timeout?: string
}

export async function run(context: Context, options: ListenOptions): Promise<ExitCode> {
  const { hosted, terminal } = context
  const count = countOption(options.count, maxCount)
  const timeoutMs = durationOption(options.timeout, maxTimeoutMs)
  const timeout = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)]
  return withAccount(context, async (profile) => {
    const stop = new AbortController()
    const signal = AbortSignal.any([terminal.interrupted, stop.signal, ...timeout])
    const listener = new Listener(context, profile, count)
    const events = profile.client.events(signal)
    const host = hosted === undefined ? await hostCommands(context, profile) : undefined
    const connection = hosted === undefined ? connect(profile.client, signal, stop) : undefined
    try {
      await listener.show(events)
    } finally {
      stop.abort()
      await host?.close()
      await connection
    }
    if (terminal.interrupted.aborted) return exitCode.interrupted
    if (count !== undefined && !listener.isDone) {
      throw new Failure('timeout', exitCode.timeout, String(listener.shown))
    }
    return exitCode.done
  })
}

/** A server that does not accept this device ends the listening, and is told. */
function connect(client: Client, signal: AbortSignal, stop: AbortController): Promise<void> {
  const connection = client.connect(signal).finally(() => stop.abort())
  connection.catch(() => {}) // it is awaited once the listening has ended
  return connection
}
