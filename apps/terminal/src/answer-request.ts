/** Allows or refuses a request (M11), named by its id or by the handle of who asks. */
import type { Client, Request } from '@veche/client'
import type { Context } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'
import { groupNames } from './group-view.ts'
import { withoutAt } from './handle.ts'
import { personText } from './message-view.ts'
import { withAccount } from './profile.ts'
import type { Words } from './words/en.ts'

export function answerRequest(
  context: Context,
  which: string,
  answer: 'allow' | 'refuse',
): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client }) => {
    const request = await findRequest(client, which)
    const { status, chat } = await client.requests.answer(request.id, answer)
    const text = answerWords(client, request, words)[answer]
    const { handle, group, join } = request
    const kind = { ...(group && { group }), ...(join && { join }) }
    const fields = { status, chat: chat ?? null, request: request.id, handle, ...kind }
    await output.show(fields, text(personText(request)))
    return exitCode.done
  })
}

function answerWords(client: Client, { group, join, chat }: Request, { says }: Words) {
  if (!join) return { allow: group ? says.group.allowed : says.allowed, refuse: says.refused }
  const name = (chat && groupNames(client.chats()).get(chat)) ?? chat ?? ''
  return {
    allow: (who: string) => says.group.letIn(who, name),
    refuse: (who: string) => says.group.notLetIn(who, name),
  }
}

/** One person may ask for a chat and into a group at once. @throws Failure `request_unknown`, `request_ambiguous` */
async function findRequest(client: Client, which: string): Promise<Request> {
  const { incoming } = await client.requests.list()
  const ofHandle = incoming.filter(({ handle }) => handle === withoutAt(which))
  const [waiting, another] = ofHandle.filter(({ status }) => status === 'pending')
  const found = incoming.find(({ id }) => id === which) ?? waiting ?? ofHandle[0]
  if (found?.id !== which && another !== undefined)
    throw new Failure('request_ambiguous', exitCode.refused, which)
  if (found === undefined) throw new Failure('request_unknown', exitCode.refused, which)
  return found
}
