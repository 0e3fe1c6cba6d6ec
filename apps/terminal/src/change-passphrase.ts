/**
 * Putting a profile under a passphrase, another one, or none. It needs the profile for a moment only and is never handed
 * over: the one who has the profile could not be asked for a passphrase.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { asksForPassphrase, isWeakPassword, setPassphrase, suggestPassphrase } from '@veche/client'
import type { Context } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'
import { PassphraseSource } from './passphrase.ts'
import { readFirstLine } from './password.ts'
import { explained, profileFolder } from './profile.ts'

/** How long a short command of another process may take. */
const patienceMs = 2000
const pauseMs = 50

export interface NewPassphraseOptions {
  readonly newFile?: string
}

type Change = 'set' | 'changed' | 'removed'

/** @throws Failure */
export function changePassphrase(
  context: Context,
  change: Change,
  options: NewPassphraseOptions = {},
): Promise<ExitCode> {
  return explained(context, async () => {
    const isThere = await asksForPassphrase(profileFolder(context))
    if (isThere && change === 'set') throw wrongUse('passphrase_present')
    if (!isThere && change !== 'set') throw wrongUse('passphrase_absent')
    const source = new PassphraseSource(context.terminal, context.words)
    let given = isThere ? { now: await source.next(false) } : {}
    const wanted = change === 'removed' ? {} : { next: await readNew(context, options) }
    for (;;) {
      const outcome = await setWhenFree(context, { ...given, ...wanted })
      if (outcome.kind !== 'locked') break
      given = { now: await source.next(outcome.wasWrong) }
    }
    await context.output.show({ passphrase: change }, context.words.says.passphraseIs[change])
    return exitCode.done
  })
}

async function setWhenFree(context: Context, change: { now?: string; next?: string }) {
  const waitUntil = Date.now() + patienceMs
  for (;;) {
    const outcome = await setPassphrase(profileFolder(context), change)
    if (outcome.kind !== 'busy') return outcome
    if (context.terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
    if (Date.now() > waitUntil) throw new Failure('profile_held', exitCode.profile)
    await sleep(pauseMs)
  }
}

async function readNew({ terminal, words }: Context, { newFile }: NewPassphraseOptions): Promise<string> {
  const passphrase =
    newFile === undefined
      ? await terminal.askHidden(words.prompts.newPassphrase)
      : await readFirstLine(newFile).catch(() => '')
  if (terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
  if (!passphrase)
    throw newFile === undefined ? wrongUse('no_passphrase') : wrongUse('password_file', newFile)
  if (isWeakPassword(passphrase)) throw wrongUse('weak_passphrase', suggestPassphrase())
  if (newFile !== undefined) return passphrase
  if ((await terminal.askHidden(words.prompts.newPassphraseAgain)) === passphrase) return passphrase
  throw wrongUse('passphrase_mismatch')
}
