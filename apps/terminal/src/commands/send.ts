/**
 * Sends a message. It is stored on this device first, so from then on it is never lost: the command ends well only
 * when the server has it, and otherwise says that the next run will send it.
 *
 * When another process had begun with the command (progress), the message may be stored already: it is looked for
 * behind the one that was the chat's last before, and not sent again.
 */
import { type Client, type SendReceipt, UnreachableError } from '@veche/client'
import type { ChatId } from '@veche/protocol'
import type { Context } from '../context.ts'
import { maxTimeoutMs } from '../duration.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure, wrongUse } from '../failure.ts'
import { findChat } from '../find-chat.ts'
import { durationOption } from '../given-values.ts'
import { leaving } from '../handover/host.ts'
import type { Fields } from '../output.ts'
import { type MemberProfile, withAccount } from '../profile.ts'
import type { Terminal } from '../terminal.ts'

const maxInputBytes = 128 * 1024
const defaultTimeoutMs = 15_000
/** Messages that may come into a chat while a command changes hands. */
const handoverWindow = 1000

interface SendOptions {
  readonly timeout?: string
}

export async function run(
  context: Context,
  to: string,
  given: string,
  options: SendOptions,
): Promise<ExitCode> {
  const timeoutMs = durationOption(options.timeout, maxTimeoutMs) ?? defaultTimeoutMs
  const input = given === '-' ? await readInput(context) : undefined
  const text = input ?? given
  if (text.trim() === '') throw wrongUse('empty_text')
  return withAccount({ ...context, ...(input !== undefined && { input }) }, async (profile) => {
    const chat = findChat(profile.client, to)
    const stored = await findStored(profile, chat, text)
    const receipt = stored ?? (await store(context, profile.client, chat, text))
    const position = await delivered(profile.client, chat, receipt, timeoutMs, context.terminal)
    const { id } = receipt
    if (position === undefined) return tellKept(context, to, { id, chat })
    await context.output.show({ id, seq: Number(position), chat }, context.words.says.sent(to))
    return exitCode.done
  })
}

async function readInput({ terminal }: Context): Promise<string> {
  const input = await terminal.readInput(maxInputBytes)
  if (input === undefined) throw wrongUse('text_too_long')
  return input.replace(/\r?\n$/, '') // the end of the last line, which every text file has
}

/** A message that another process has stored. */
interface Stored {
  readonly id: string
  readonly acknowledged?: undefined
}

/** The message, if another process had stored it before it ended. */
async function findStored(
  { client, account, progress }: MemberProfile,
  chat: ChatId,
  text: string,
): Promise<Stored | undefined> {
  if (progress?.after === undefined) return undefined
  const messages = await client.history(chat, { limit: handoverWindow })
  const later = messages.slice(messages.findIndex(({ id }) => id === progress.after) + 1)
  const found = later.find((message) => message.from.account === account.account && message.text === text)
  return found && { id: found.id }
}

/** Stores and begins to send; whoever may have to take the command up knows where to look for the message. */
async function store(
  { terminal }: Context,
  client: Client,
  chat: ChatId,
  text: string,
): Promise<SendReceipt> {
  const [last] = await client.history(chat, { limit: 1 })
  terminal.report?.({ after: last?.id ?? '' })
  return client.send(chat, text)
}

/** The message's position in the chat's log; undefined when the server did not take it in time. */
async function delivered(
  client: Client,
  chat: ChatId,
  { id, acknowledged }: SendReceipt | Stored,
  timeoutMs: number,
  { interrupted }: Terminal,
): Promise<bigint | undefined> {
  const caughtUp = client.catchUp(timeoutMs).catch((error) => {
    if (!(error instanceof UnreachableError)) throw error
  })
  const stopped = new Promise<void>((resolve) => {
    interrupted.addEventListener('abort', () => resolve())
    if (interrupted.aborted) resolve()
  })
  const receipt = await Promise.race([...(acknowledged ? [acknowledged] : []), caughtUp, stopped])
  if (receipt !== undefined) return receipt.seq
  const messages = await client.history(chat, { limit: handoverWindow })
  return messages.find((message) => message.id === id)?.seq
}

/** A visitor whose host ends is not told: it goes on by itself. */
function tellKept({ terminal }: Context, to: string, fields: Fields): ExitCode {
  const { aborted, reason } = terminal.interrupted
  if (reason === leaving) return exitCode.interrupted
  throw new Failure('message_kept', aborted ? exitCode.interrupted : exitCode.unreachable, to, fields)
}
