/** Signs out. What becomes of the encrypted history is the person's to say, never a default. */
import { UnreachableError } from '@veche/client'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure, wrongUse } from '../failure.ts'
import { withProfile } from '../profile.ts'

interface LogoutOptions {
  readonly keepHistory?: true
  readonly erase?: true
  readonly localOnly?: true
  readonly discard?: true
}

export function run(context: Context, options: LogoutOptions): Promise<ExitCode> {
  const { output, words, hosted } = context
  return withProfile(context, async ({ client }) => {
    if (hosted !== undefined) throw new Failure('profile_in_use', exitCode.profile)
    const { account } = client
    if (account.kind !== 'ready' && !options.erase) throw wrongUse('not_registered')
    const keepHistory = await askKeep(context, options)
    const tellServer = account.kind === 'ready' && !options.localOnly
    try {
      await client.logout({ keepHistory, tellServer, discardUnsent: options.discard === true })
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error
      throw new Failure(
        'logout_unreachable',
        exitCode.unreachable,
        account.kind === 'ready' ? account.server : '',
      )
    }
    const { historyKept, historyErased } = words.says
    await output.show(
      { historyKept: keepHistory, serverTold: tellServer },
      keepHistory ? historyKept : historyErased,
    )
    return exitCode.done
  })
}

/** @throws Failure `keep_or_erase` where it was not said and there is nobody to ask, or both was said */
async function askKeep(
  { terminal, words }: Context,
  { keepHistory, erase }: LogoutOptions,
): Promise<boolean> {
  if (keepHistory && erase) throw wrongUse('keep_or_erase')
  if (keepHistory || erase) return keepHistory === true
  const answer = (await terminal.ask?.(words.prompts.keepHistory))?.trim().toLowerCase()
  if (answer !== undefined && words.answers.keep.includes(answer)) return true
  if (answer !== undefined && words.answers.erase.includes(answer)) return false
  throw wrongUse('keep_or_erase')
}
