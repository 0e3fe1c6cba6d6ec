/** Sends again the messages of a chat that the server did not take, in the order in which they were written. */
import type { SendReceipt } from '@veche/client'
import type { Context } from '../context.ts'
import { deliver, tellKept } from '../delivered.ts'
import { maxTimeoutMs } from '../duration.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { findChat } from '../find-chat.ts'
import { durationOption } from '../given-values.ts'
import { withAccount } from '../profile.ts'

const defaultTimeoutMs = 15_000

interface ResendOptions {
  readonly timeout?: string
}

export async function run(context: Context, to: string, options: ResendOptions): Promise<ExitCode> {
  const { output, terminal, words } = context
  const timeoutMs = durationOption(options.timeout, maxTimeoutMs) ?? defaultTimeoutMs
  return withAccount(context, async ({ client }) => {
    const chat = findChat(client, to)
    const receipts: SendReceipt[] = []
    for (const { id } of client.unsent.list(chat)) receipts.push(await client.unsent.resend(chat, id))
    for (const receipt of receipts) {
      const delivery = await deliver(client, chat, receipt, { timeoutMs, terminal })
      if (delivery.kind === 'kept') return tellKept(context, to, { id: receipt.id, chat }, delivery)
    }
    const ids = receipts.map(({ id }) => id)
    const said = ids.length === 0 ? words.says.nothingUnsent : words.says.resent(ids.length, to)
    await output.show({ chat, sent: ids }, said)
    return exitCode.done
  })
}
