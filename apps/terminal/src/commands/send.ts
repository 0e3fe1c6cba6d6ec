/** Sends a message: the command ends well only when the server has it, and otherwise says that the next run will send it. */
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { sendText } from '../send-text.ts'

interface SendOptions {
  readonly timeout?: string
}

export function run(
  context: Context,
  to: string,
  given: string,
  { timeout }: SendOptions,
): Promise<ExitCode> {
  return sendText(context, { to, given, timeout })
}
