/**
 * Accepting that a handle stands for another account. The person is asked to compare first: whoever cannot be asked
 * says with --confirm that they have.
 */
import type { ChangedBinding, Client } from '@veche/client'
import type { Context } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'
import { safetyNumberText } from './safety-number-view.ts'

type Compared = 'same' | 'later' | 'differ'

/** @param who a handle, or the id of a chat. @throws RefusedError `binding_unchanged`; Failure `not_compared` */
export async function acceptBinding(
  context: Context,
  client: Client,
  who: string,
  isCompared: boolean,
): Promise<ExitCode> {
  const change = client.people.changedBinding(who)
  const compared = isCompared ? 'same' : await askCompared(context, change)
  if (compared !== 'differ') await client.people.acceptBinding(who)
  if (compared === 'same') await client.people.setVerified(change.handle, true)
  const { handle, account, chat = null, safetyNumber } = change
  const outcome = { accepted: compared !== 'differ', verified: compared === 'same' }
  await context.output.show(
    { account, handle, safetyNumber, chat, ...outcome },
    context.words.says.accepted[compared](handle),
  )
  return exitCode.done
}

async function askCompared(
  { terminal, words, output }: Context,
  { handle, safetyNumber }: ChangedBinding,
): Promise<Compared> {
  const { says, prompts } = words
  output.remark(
    `${says.changedBinding(handle)}\n\n${says.newSafetyNumber}\n\n${safetyNumberText(safetyNumber)}\n`,
  )
  const answer = (await terminal.ask?.(prompts.compared))?.trim().toLowerCase()
  if (terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
  if (answer === undefined) throw wrongUse('not_compared', `@${handle}`)
  if (words.answers.yes.includes(answer)) return 'same'
  return words.answers.later.includes(answer) ? 'later' : 'differ'
}
