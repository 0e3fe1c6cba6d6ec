/**
 * Where the passphrase of an exported history comes from: the first line of a file, a prompt that does not show it, or
 * the other end, where the command was handed over by a process that has asked for it.
 */
import { isWeakPassword, suggestPassphrase } from '@veche/client'
import type { Context } from './context.ts'
import { exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'
import { readFirstLine } from './password.ts'

const maxPassphraseBytes = 4096

export interface FilePassphraseOptions {
  readonly passphraseFile?: string
}

/** One for a new file. @throws Failure `weak_passphrase`, `passphrase_mismatch`; as `readFilePassphrase` */
export async function readNewFilePassphrase(
  context: Context,
  options: FilePassphraseOptions,
): Promise<string> {
  const { hosted, terminal, words } = context
  const passphrase = await read(context, options, words.prompts.newFilePassphrase)
  if (isWeakPassword(passphrase)) throw wrongUse('weak_passphrase', suggestPassphrase())
  if (hosted !== undefined || options.passphraseFile !== undefined) return passphrase
  if ((await terminal.askHidden(words.prompts.newPassphraseAgain)) === passphrase) return passphrase
  throw wrongUse('passphrase_mismatch')
}

/** @throws Failure `no_file_passphrase`, `passphrase_file`, `interrupted` */
export function readFilePassphrase(context: Context, options: FilePassphraseOptions): Promise<string> {
  return read(context, options, context.words.prompts.filePassphrase)
}

async function read(
  { hosted, terminal }: Context,
  { passphraseFile: path }: FilePassphraseOptions,
  question: string,
): Promise<string> {
  if (path !== undefined) {
    const line = await readFirstLine(path).catch(() => '')
    if (line === '') throw wrongUse('passphrase_file', path)
    return line
  }
  const asked = hosted === undefined ? terminal.askHidden(question) : terminal.readInput(maxPassphraseBytes)
  const passphrase = await asked
  if (terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
  if (!passphrase) throw wrongUse('no_file_passphrase')
  return passphrase
}
