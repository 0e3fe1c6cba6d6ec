/**
 * Sends what a chat has to send: one thing at a time, in order, always the stored bytes. It holds no state of its
 * own; what was sent and not acknowledged is simply sent again.
 */
import { PolicyError, view } from '@veche/mls'
import { beginsLog, readPrivateMessage } from '@veche/mls/wire'
import { ChatId, equalBytes, MessageId } from '@veche/protocol'
import type { AppendRequest, Entry } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { pause } from './backoff.ts'
import type { Chat } from './chat.ts'
import { RefusedError, UnreachableError } from './errors.ts'
import { nextItem, Standing } from './local-chat.ts'
import type { Outgoing } from './outgoing.ts'
import type { Receipts } from './receipts.ts'
import type { ChatsClient } from './server.ts'
import type { OnStep } from './steps.ts'

export interface Line {
  readonly server: Pick<ChatsClient, 'append' | 'createChat' | 'createGroup' | 'listEntries' | 'resetChat'>
  readonly receipts: Receipts
  readonly onStep: OnStep
  readonly signal: AbortSignal
  /** Before entries are taken in. */
  readonly onEntries?: (chat: Chat, entries: readonly Entry[]) => Promise<void>
}

/**
 * Sends until nothing is left.
 * @param update whether an update that is due may go though no message waits for it
 * @throws UnreachableError; RefusedError for what is wrong with the device rather than with a message
 */
export async function transmit(line: Line, chat: Chat, { update = false } = {}): Promise<void> {
  while (!line.signal.aborted) {
    const outgoing = await sealed(line, chat, () => chat.prepare({ update }))
    if (outgoing === 'refused') continue
    if (!outgoing) return
    line.onStep(`transmit: ${outgoing.kind}`)
    if (outgoing.kind === 'message') await sendMessage(line, chat, outgoing)
    else if (outgoing.kind === 'reset') await sendReset(line, chat, outgoing)
    else await sendCommit(line, chat, outgoing)
  }
}

/** A message that this account may not write is refused as the server would refuse it. */
async function sealed<T>({ receipts }: Line, chat: Chat, seal: () => Promise<T>): Promise<T | 'refused'> {
  try {
    return await seal()
  } catch (cause) {
    const item = nextItem(chat.state)
    if (!(cause instanceof PolicyError) || !item) throw cause
    await chat.refuse(item.messageId, 'not_allowed')
    receipts.refuse(MessageId.fromBytes(item.messageId), new RefusedError('not_allowed', { cause }))
    return 'refused'
  }
}

async function sendMessage(
  line: Line,
  chat: Chat,
  { request }: Extract<Outgoing, { kind: 'message' }>,
): Promise<void> {
  const messageId = MessageId.fromBytes(request.messageId)
  try {
    const { position, receivedAtMs } = await line.server.append(request, { signal: line.signal })
    line.onStep('transmit: acknowledged')
    await chat.acknowledge(request.messageId, position)
    line.receipts.acknowledge(messageId, { seq: position, at: Number(receivedAtMs) })
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    if (error.reason === 'stale_epoch') {
      await pull(line, chat)
      ensureLater(chat, request)
      await sealed(line, chat, () => chat.reseal())
    } else if (await isForLater(line, error)) return
    else {
      await chat.refuse(request.messageId, error.reason)
      line.receipts.refuse(messageId, error)
    }
  }
}

async function sendCommit(
  line: Line,
  chat: Chat,
  outgoing: Exclude<Outgoing, { kind: 'message' | 'reset' }>,
): Promise<void> {
  try {
    const options = { signal: line.signal }
    if (outgoing.kind === 'create') await line.server.createChat(outgoing.request, options)
    else if (outgoing.kind === 'create-group') await line.server.createGroup(outgoing.request, options)
    else await line.server.append(outgoing.request, options)
    line.onStep('transmit: committed')
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    if (await isForLater(line, error)) return
    if (error.reason !== 'epoch_conflict') {
      await chat.drop(outgoing.request.messageId, error.reason)
      return
    }
  }
  // It is applied when it comes back, after everything before it; or another has won, and comes instead.
  await pull(line, chat)
  const { pending } = chat.state
  if (pending && equalBytes(pending.messageId, outgoing.request.messageId)) {
    throw new UnreachableError('the server does not show what it has accepted')
  }
}

/** One successor is first; of another the Welcome comes. @returns whether the chat was begun anew by this */
export async function sendReset(
  line: Line,
  chat: Chat,
  { request }: Extract<Outgoing, { kind: 'reset' }>,
): Promise<boolean> {
  try {
    await line.server.resetChat(request, { signal: line.signal })
    line.onStep('transmit: reset')
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error
    if (await isForLater(line, error)) return false
    await chat.drop(request.messageId, error.reason)
    return false
  }
  await pull(line, chat)
  if (chat.state.begunAt !== request.position)
    throw new UnreachableError('the server does not show what it has accepted')
  return true
}

/** @throws UnreachableError where the server calls an epoch old and shows no later one: that would never end */
function ensureLater({ state }: Chat, { entry }: AppendRequest): void {
  if (entry.case !== 'application') return
  if (view(state.group).epoch <= readPrivateMessage(entry.value.mlsMessage).epoch)
    throw new UnreachableError('the server does not show the epoch that it asks for')
}

/**
 * Fetches what the chat lacks, up to the head of its log.
 * @returns `elsewhere` where the log goes on in a successor that this device is not in: a Welcome into it comes by the stream
 * @throws UnreachableError also where the server has less of the log than this device
 */
export async function pull(
  line: Pick<Line, 'server' | 'signal' | 'onStep' | 'onEntries'>,
  chat: Chat,
): Promise<'caught-up' | 'elsewhere'> {
  const chatId = ChatId.toBytes(chat.state.chatId)
  while (!line.signal.aborted) {
    const after = chat.state.position
    line.onStep('pull')
    const answer = await unlessUnknown(line.server.listEntries({ chatId, after }, { signal: line.signal }))
    if (!answer) return 'caught-up'
    const { entries, head } = answer
    if (head < after) throw new UnreachableError('the server has lost a part of the log')
    await line.onEntries?.(chat, entries)
    await chat.receive(entries)
    if (goesOnElsewhere(chat, entries)) return 'elsewhere'
    if (chat.state.position >= head || chat.state.standing === Standing.STUCK) return 'caught-up'
    if (chat.state.position === after) throw new UnreachableError('the server leaves out a part of the log')
  }
  return 'caught-up'
}

function goesOnElsewhere({ state }: Chat, [next]: readonly Entry[]): boolean {
  return next !== undefined && next.position > state.position + 1n && beginsLog(next.position)
}

/** Who was put out of a group this very moment hears of it by the stream. */
async function unlessUnknown<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof RefusedError && error.reason === 'chat_unknown') return undefined
    throw error
  }
}

/** Waits where the server says that waiting helps; refusals of the token or the stream are not the message's. */
async function isForLater({ signal }: Line, error: RefusedError): Promise<boolean> {
  if (error.retryAfterMs > 0) {
    await pause(error.retryAfterMs + Math.random() * 500, signal)
    return true
  }
  if (DEVICE_REASONS.has(error.reason)) throw error
  return false
}

const DEVICE_REASONS: ReadonlySet<string> = new Set([
  'device_silent',
  'proof_invalid',
  'token_expired',
  'token_invalid',
  'token_missing',
  'resource_exhausted',
  'unauthenticated',
  'unimplemented',
])
