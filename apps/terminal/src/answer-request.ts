/** Allows or refuses a request (M11), named by its id or by the handle of who asks. */
import type { Client } from '@veche/client'
import type { Context } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'
import { withoutAt } from './handle.ts'
import { personText } from './message-view.ts'
import { withAccount } from './profile.ts'

export function answerRequest(
  context: Context,
  which: string,
  answer: 'allow' | 'refuse',
): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client }) => {
    const request = await findRequest(client, which)
    const { status, chat } = await client.requests.answer(request.id, answer)
    const text = answer === 'allow' ? words.says.allowed : words.says.refused
    const fields = { status, chat: chat ?? null, request: request.id, handle: request.handle }
    await output.show(fields, text(personText(request)))
    return exitCode.done
  })
}

async function findRequest(client: Client, which: string) {
  const { incoming } = await client.requests.list()
  const found = incoming.find(({ id, handle }) => id === which || handle === withoutAt(which))
  if (found === undefined) throw new Failure('request_unknown', exitCode.refused, which)
  return found
}
