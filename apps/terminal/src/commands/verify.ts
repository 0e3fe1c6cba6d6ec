/** Shows the safety number that the account has with a contact, and remembers that it was compared (attack A2). */
import { catchUp } from '../catch-up.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { withoutAt } from '../handle.ts'
import { personText } from '../message-view.ts'
import { withAccount } from '../profile.ts'

const groupsInLine = 4

interface VerifyOptions {
  readonly confirm?: true
  readonly revoke?: true
}

export async function run(context: Context, whom: string, options: VerifyOptions): Promise<ExitCode> {
  const { output, words } = context
  const { confirm, revoke } = options
  if (confirm && revoke) throw wrongUse('invalid_value', '--confirm --revoke')
  const handle = withoutAt(whom)
  return withAccount(context, async ({ client: { people }, client }) => {
    await catchUp(client, context)
    const state =
      confirm || revoke ? await people.setVerified(handle, confirm === true) : people.compare(handle)
    const { account, name, safetyNumber, verified } = state
    const told = verified ? words.says.verified : words.says.notVerified
    const text = `${words.says.safetyNumber(personText({ handle, name }))}\n\n${inLines(safetyNumber)}\n\n${told}`
    await output.show({ account, handle, safetyNumber, verified }, text)
    return exitCode.done
  })
}

function inLines(safetyNumber: string): string {
  const groups = safetyNumber.split(' ')
  const starts = groups.map((_, index) => index).filter((index) => index % groupsInLine === 0)
  return starts.map((start) => `  ${groups.slice(start, start + groupsInLine).join(' ')}`).join('\n')
}
