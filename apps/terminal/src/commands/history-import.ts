/** Adds the messages of an exported file that this device does not have to its history (M16); asks no server. */
import { resolve } from 'node:path'
import { type Client, type ImportedChat, importFromFile } from '@veche/client'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { type FilePassphraseOptions, readFilePassphrase } from '../file-passphrase.ts'
import type { Profile } from '../held-profile.ts'
import { historyProgress } from '../history-progress.ts'
import { personText } from '../message-view.ts'
import { withAccount } from '../profile.ts'
import type { Words } from '../words/en.ts'

const refusals = {
  damaged: 'import_damaged',
  'wrong-passphrase': 'import_wrong_passphrase',
  'other-account': 'import_other_account',
  foreign: 'import_foreign',
} as const

export async function run(context: Context, path: string, options: FilePassphraseOptions): Promise<ExitCode> {
  const { output, words } = context
  const file = resolve(path)
  const passphrase = await readFilePassphrase(context, options)
  const flags = context.options.json ? ['--json'] : []
  const handed = { ...context, argv: ['history', 'import', file, ...flags], input: passphrase }
  return withAccount(handed, async ({ client, seen }) => {
    const onProgress = historyProgress(context)
    const outcome = await read(client, file, { passphrase, onProgress })
    if (outcome.kind === 'refused') throw wrongUse(refusals[outcome.reason], path)
    await markSeen(seen, outcome.chats)
    const chats = outcome.chats.map(({ read: _, ...chat }) => chat)
    await output.show({ messages: outcome.messages, chats }, importedText(outcome, words))
    return exitCode.done
  })
}

async function read(client: Client, file: string, request: Parameters<typeof importFromFile>[2]) {
  try {
    return await importFromFile(client, file, request)
  } catch (error) {
    // What the profile's own files meet with, the client gives in its own words, or it is no matter of this path.
    const isOfFile = error instanceof Error && 'path' in error && error.path === file
    const isReading = error instanceof Error && 'syscall' in error && error.syscall === 'read'
    if (isOfFile || isReading) throw wrongUse('import_file', file)
    throw error
  }
}

/** What was added counts as shown: `listen` does not begin with it. */
async function markSeen(seen: Profile['seen'], chats: readonly ImportedChat[]): Promise<void> {
  for (const { chat, added, read: position } of chats) if (added > 0) await seen.mark(chat, Number(position))
}

function importedText(
  { messages, chats }: { readonly messages: number; readonly chats: readonly ImportedChat[] },
  { says }: Words,
): string {
  const all = messages > 0 ? [says.historyImported(says.someMessages(messages))] : []
  const lines = chats.flatMap((chat) => chatText(chat, says))
  const text = [...all, ...lines].join('\n')
  return text === '' ? says.historyImportedNothing : text
}

function chatText({ kind, handle, name, added }: ImportedChat, says: Words['says']): string[] {
  const who = personText({ handle, name })
  if (kind === 'absent') return [says.chatNotHere(who)]
  if (kind === 'not-kept') return [says.chatNotKept(who)]
  return added > 0 ? [says.importedToChat(who, says.someMessages(added))] : []
}
