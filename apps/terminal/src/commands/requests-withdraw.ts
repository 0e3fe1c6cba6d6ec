/** Takes back what one has asked by an invite link (M13): nobody lets one into the group any more. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, request: string): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client }) => {
    const status = await client.requests.withdraw(request)
    const { withdrawn, askedToJoin } = words.says.group
    await output.show({ request, status }, status === 'ended' ? withdrawn : askedToJoin.refused)
    return status === 'ended' ? exitCode.done : exitCode.refused
  })
}
