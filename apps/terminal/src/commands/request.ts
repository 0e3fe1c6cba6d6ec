/** Asks somebody for a private chat (M11, M14). */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { ensureNoGroup } from '../find-chat.ts'
import { withoutAt } from '../handle.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, whom: string): Promise<ExitCode> {
  const { output, words } = context
  const handle = withoutAt(whom)
  return withAccount(context, async ({ client }) => {
    ensureNoGroup(client, whom)
    const { status, chat, request } = await client.requests.ask(handle)
    const fields = { status, chat: chat ?? null, request: request ?? null, handle }
    await output.show(fields, words.says.requestAnswer[status](handle))
    return exitCode.done
  })
}
