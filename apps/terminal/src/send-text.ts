/**
 * Sending a message, by whichever command. It is stored on this device first, so from then on it is never lost: the command ends well only
 * when the server has it, and otherwise says that the next run will send it.
 *
 * When another process had begun with the command (progress), the message may be stored already: it is looked for
 * behind the one that was the chat's last before, and not sent again.
 */
import type { Client, GroupChat, SendReceipt, ShownMessage } from '@veche/client'
import type { ChatId, MessageId } from '@veche/protocol'
import { catchUp } from './catch-up.ts'
import type { Context } from './context.ts'
import { deliver, handoverWindow, type Stored, tellKept } from './delivered.ts'
import { maxTimeoutMs } from './duration.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { Failure, wrongUse } from './failure.ts'
import { meetChat } from './find-chat.ts'
import { durationOption } from './given-values.ts'
import { groupName } from './group-view.ts'
import { passOn } from './pass-on.ts'
import { type MemberProfile, withAccount } from './profile.ts'

const maxInputBytes = 128 * 1024
const defaultTimeoutMs = 15_000

export interface NewText {
  /** A chat, as people name it. */
  readonly to: string
  /** The text, or "-". */
  readonly given: string
  readonly timeout?: string | undefined
  /** The message that it answers, once the chat is known. */
  readonly answered?: (client: Client, chat: ChatId) => Promise<ShownMessage>
}

export async function sendText(
  context: Context,
  { to, given, timeout, answered }: NewText,
): Promise<ExitCode> {
  const timeoutMs = durationOption(timeout, maxTimeoutMs) ?? defaultTimeoutMs
  const input = given === '-' ? await readInput(context) : undefined
  const text = input ?? given
  if (text.trim() === '') throw wrongUse('empty_text')
  return withAccount({ ...context, ...(input !== undefined && { input }) }, async (profile) => {
    const chat = await meetChat(context, profile.client, to)
    await ensureMayWrite(context, profile.client, chat)
    const replyTo = await answered?.(profile.client, chat)
    const stored = await findStored(profile, chat, text)
    const receipt = stored ?? (await store(context, profile.client, chat, text, replyTo?.id))
    if (replyTo?.seq !== undefined) await markRead(profile, chat, replyTo.seq)
    const { terminal } = context
    const delivery = await deliver(profile.client, chat, receipt, { timeoutMs, terminal })
    const { id } = receipt
    if (delivery.kind === 'kept') return tellKept(context, to, { id, chat }, delivery)
    if (replyTo !== undefined) await passOn(profile.client, context)
    await context.output.show({ id, seq: Number(delivery.position), chat }, context.words.says.sent(to))
    return exitCode.done
  })
}

async function markRead({ client, seen }: MemberProfile, chat: ChatId, seq: bigint): Promise<void> {
  await client.keeping.markRead(chat, seq)
  await seen.mark(chat, Number(seq))
}

/** What this device knows may be old: it looks again before it says no. @throws Failure `read_only` */
async function ensureMayWrite(context: Context, client: Client, chat: ChatId): Promise<void> {
  if (readOnlyGroup(client, chat) === undefined) return
  await catchUp(client, context)
  const group = readOnlyGroup(client, chat)
  if (group !== undefined) throw new Failure('read_only', exitCode.refused, groupName(group))
}

/** The group, where it is open and the role does not allow writing. */
function readOnlyGroup(client: Client, chat: ChatId): GroupChat | undefined {
  const group = client.chats().find((known) => known.chat === chat)
  return group?.type === 'group' && group.state === 'open' && !group.canWrite ? group : undefined
}

async function readInput({ terminal }: Context): Promise<string> {
  const input = await terminal.readInput(maxInputBytes)
  if (input === undefined) throw wrongUse('text_too_long')
  return input.replace(/\r?\n$/, '') // the end of the last line, which every text file has
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
  replyTo: MessageId | undefined,
): Promise<SendReceipt> {
  const [last] = await client.history(chat, { limit: 1 })
  terminal.report?.({ after: last?.id ?? '' })
  return client.send(chat, text, replyTo === undefined ? {} : { replyTo })
}
