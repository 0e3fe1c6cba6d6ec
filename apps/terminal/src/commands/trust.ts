/** Lets this profile trust a server of a local network, once its fingerprint was compared. */
import { fetchAuthority, pinAuthority } from '@veche/client'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure, wrongUse } from '../failure.ts'
import { explained, profileFolder } from '../profile.ts'

interface TrustOptions {
  readonly fingerprint?: string
}

export async function run(context: Context, server: string, options: TrustOptions): Promise<ExitCode> {
  const { output, words } = context
  const told = { ...context, options: { ...context.options, server } }
  const { cert, fingerprint, isKnown } = await explained(told, () => fetchAuthority(server))
  if (!isKnown && !(await isRight(context, server, fingerprint, options))) {
    throw new Failure('authority_differs', exitCode.refused, server)
  }
  if (!isKnown) await explained(told, () => pinAuthority(profileFolder(context), cert))
  await output.show({ server, fingerprint, known: isKnown }, words.says.trusted(server, isKnown))
  return exitCode.done
}

/** @throws Failure `missing_option` where nobody is there to compare */
async function isRight(
  { terminal, words }: Context,
  server: string,
  fingerprint: string,
  { fingerprint: told }: TrustOptions,
): Promise<boolean> {
  if (told !== undefined) return told.replace(/[\s:]/g, '').toLowerCase() === fingerprint
  const lines = (fingerprint.toUpperCase().match(/.{16}/g) ?? []).map((line) =>
    line.replace(/.{4}(?=.)/g, '$& '),
  )
  const answer = await terminal.ask?.(words.prompts.sameFingerprint(server, lines.join('\n  ')))
  if (answer === undefined) throw wrongUse('missing_option', '--fingerprint')
  return words.answers.yes.includes(answer.trim().toLowerCase())
}
