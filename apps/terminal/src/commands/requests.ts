/** Lists requests that are not open chats yet: made to the account, and by it. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { groupNames } from '../group-view.ts'
import { withAccount } from '../profile.ts'
import { requestFields, requestsText } from '../request-view.ts'

export function run(context: Context): Promise<ExitCode> {
  return withAccount(context, async ({ client, seen }) => {
    const requests = await client.requests.list()
    const all = [...requests.incoming, ...requests.outgoing]
    const names = groupNames(client.chats())
    const text = requestsText(requests, context.words, (chat) => names.get(chat))
    await context.output.showList(all.map(requestFields), text)
    for (const { id } of requests.incoming) await seen.mark(id, 1)
    return exitCode.done
  })
}
