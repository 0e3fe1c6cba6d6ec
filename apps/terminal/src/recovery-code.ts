/** Where a recovery code comes from: a sheet's file, a file with the words, or a prompt that does not show them. */
import { parseRecoveryCode, type RecoveryCode, type RecoverySheet } from '@veche/client'
import { DecodeError } from '@veche/protocol'
import { exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'
import { readFirstLine } from './password.ts'
import { readSheet } from './recovery-sheet.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words/en.ts'

export interface CodeOptions {
  /** A file that `--sheet` of another command wrote. */
  readonly sheet?: string
  /** The words in its first line. */
  readonly codeFile?: string
}

/** @throws Failure `sheet_unreadable`, `code_unreadable`, `no_recovery_code` */
export async function readCode(
  { sheet: path, codeFile }: CodeOptions,
  terminal: Terminal,
  words: Words,
): Promise<{ readonly code: RecoveryCode; readonly sheet?: RecoverySheet }> {
  if (path !== undefined) {
    const sheet = await readSheet(path)
    return { code: sheet.code, sheet }
  }
  const text =
    codeFile === undefined ? await ask(terminal, words) : await readFirstLine(codeFile).catch(() => '')
  try {
    return { code: parseRecoveryCode(text) }
  } catch (error) {
    if (error instanceof DecodeError) throw wrongUse('code_unreadable', codeFile ?? '')
    throw error
  }
}

async function ask(terminal: Terminal, words: Words): Promise<string> {
  const text = await terminal.askHidden(words.prompts.recoveryCode)
  if (terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
  if (!text) throw wrongUse('no_recovery_code')
  return text
}
