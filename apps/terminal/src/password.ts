/** Where a password comes from: the first line of a file, or a prompt that does not show it. */
import { open } from 'node:fs/promises'
import { exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'
import type { Terminal } from './terminal.ts'
import type { Words } from './words/en.ts'

const maxPasswordBytes = 4096

export interface PasswordOptions {
  readonly passwordFile?: string
}

/**
 * @param isNew asked for twice, because nobody can see what they type
 * @throws Failure
 */
export async function readPassword(
  options: PasswordOptions,
  isNew: boolean,
  terminal: Terminal,
  words: Words,
): Promise<string> {
  if (options.passwordFile !== undefined) return readPasswordFile(options.passwordFile)
  const password = await terminal.askHidden(words.prompts.password)
  if (terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
  if (!password) throw wrongUse('no_password')
  if (isNew && (await terminal.askHidden(words.prompts.passwordAgain)) !== password) {
    throw wrongUse('password_mismatch')
  }
  return password
}

/** As `readPassword`, for one that takes the place of another. @throws Failure */
export async function readNewPassword(
  path: string | undefined,
  terminal: Terminal,
  words: Words,
): Promise<string> {
  if (path !== undefined) return readPasswordFile(path)
  const password = await terminal.askHidden(words.prompts.newPassword)
  if (terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
  if (!password) throw wrongUse('no_password')
  if ((await terminal.askHidden(words.prompts.passwordAgain)) !== password)
    throw wrongUse('password_mismatch')
  return password
}

async function readPasswordFile(path: string): Promise<string> {
  const password = await readFirstLine(path).catch(() => '')
  if (password === '') throw wrongUse('password_file', path)
  return password
}

/** @throws what the file system throws */
export async function readFirstLine(path: string): Promise<string> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(maxPasswordBytes), 0, maxPasswordBytes, 0)
  return buffer.subarray(0, bytesRead).toString('utf8').split(/\r?\n/, 1)[0]!
}
