/** Writes the history of all chats on this device to one encrypted file (M16); asks no server. */
import { lstat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Client, exportToFile, type NewFileOptions } from '@veche/client'
import { isDiskFull } from '../client-failure.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { type FilePassphraseOptions, readNewFilePassphrase } from '../file-passphrase.ts'
import { historyProgress } from '../history-progress.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'

interface HistoryExportOptions extends FilePassphraseOptions {
  readonly force?: true
}

export async function run(context: Context, path: string, options: HistoryExportOptions): Promise<ExitCode> {
  const { output, words } = context
  const file = resolve(path)
  const replace = options.force === true
  if (!replace && (await isThere(file))) throw wrongUse('export_exists', path)
  const passphrase = await readNewFilePassphrase(context, options)
  const flags = [...(replace ? ['--force'] : []), ...(context.options.json ? ['--json'] : [])]
  const handed = { ...context, argv: ['history', 'export', file, ...flags], input: passphrase }
  return withAccount(handed, async ({ client }) => {
    const onProgress = historyProgress(context)
    const outcome = await write(client, file, { passphrase, replace, onProgress })
    if (outcome.kind === 'present') throw wrongUse('export_exists', path)
    const { chats, messages, damaged } = outcome.value
    const { historyExported, historyExportDamaged, someMessages } = words.says
    const told = historyExported(someMessages(messages), oneLine(path))
    await output.show({ file, chats, messages, damaged }, told)
    if (damaged) output.remark(historyExportDamaged)
    return exitCode.done
  })
}

/** The profile is only read: what the file system refuses, it refuses of the new file. */
async function write(
  client: Client,
  file: string,
  request: Parameters<typeof exportToFile>[2] & NewFileOptions,
) {
  try {
    return await exportToFile(client, file, request)
  } catch (error) {
    if (isDiskFull(error)) throw wrongUse('export_no_space', file)
    if (error instanceof Error && 'syscall' in error) throw wrongUse('export_file', file)
    throw error
  }
}

async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  )
}
