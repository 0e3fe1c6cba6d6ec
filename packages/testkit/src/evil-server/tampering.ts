/**
 * Ways in which a server can mean ill, small enough to be combined. Each is told to an `EvilLine`, so it concerns one
 * device; what several are told they are told apart.
 */
import { create, type DescMessage, isMessage, type Message, type MessageShape } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import type { Entry, InboxItem } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { ErrorReasonSchema } from '@veche/protocol/gen/common/v1/error_pb.js'
import type { EntryTampering, ShownLog } from './shown-log.ts'

export interface Call {
  /** The RPC, e.g. `Append`. */
  readonly name: string
  readonly request: Message
  readonly header: Headers
}

export interface Tampering {
  /** A unary call; `proceed` has the services answer it. */
  readonly call?: (call: Call, proceed: () => Promise<Message>) => Promise<Message>
  /** An entry of a log, by the stream or by a page. */
  readonly entry?: EntryTampering
  /** An item of the inbox. */
  readonly item?: (item: InboxItem) => readonly InboxItem[]
  /** Items that no service has put into the inbox; asked for whenever the device has caught up. */
  readonly forged?: () => readonly InboxItem['item'][]
}

/** Which entries: `count` is how many of that chat this tampering has seen, from 1. */
export type Which = (entry: Entry, count: number) => boolean

/** The nth entry from now on, of each chat. */
export const nth =
  (wanted: number): Which =>
  (_, count) =>
    count === wanted

/** What the which-th entries become. */
export function entries(which: Which, become: (entry: Entry, log: ShownLog) => readonly Entry[]): Tampering {
  const counts = new Map<ShownLog, number>()
  return {
    entry(entry, log) {
      const count = (counts.get(log) ?? 0) + 1
      counts.set(log, count)
      return which(entry, count) ? become(entry, log) : [entry]
    },
  }
}

export const leftOut = (which: Which) => entries(which, () => [])
export const twice = (which: Which) => entries(which, (entry) => [entry, entry])
export const altered = (which: Which, change: (entry: Entry) => Partial<Entry>) =>
  entries(which, (entry) => [{ ...entry, ...change(entry) }])

/** Shows the entry only after the one that follows it. */
export function swapped(which: Which): Tampering {
  const kept = new Map<ShownLog, Entry>()
  const counts = new Map<ShownLog, number>()
  return {
    entry(entry, log) {
      const count = (counts.get(log) ?? 0) + 1
      counts.set(log, count)
      const before = kept.get(log)
      if (before) {
        kept.delete(log)
        return [entry, before]
      }
      if (!which(entry, count)) return [entry]
      kept.set(log, entry)
      return []
    },
  }
}

/** Shows nothing of any log while it holds. */
export function withheld(holds: () => boolean): Tampering {
  return { entry: (entry) => (holds() ? 'held' : [entry]) }
}

export function items(change: (item: InboxItem) => readonly InboxItem[]): Tampering {
  return { item: change }
}

/** Changes every answer of a kind. */
export function answers<Answer extends DescMessage>(
  schema: Answer,
  change: (answer: MessageShape<Answer>, request: Message) => void | Promise<void>,
): Tampering {
  return {
    async call({ request }, proceed) {
      const answer = await proceed()
      if (isMessage(answer, schema)) await change(answer as MessageShape<Answer>, request)
      return answer
    },
  }
}

/** Calls that never arrive. */
export const lost = (name: string, when: () => boolean = () => true) =>
  calls(name, (proceed) => (when() ? Promise.reject(isDown()) : proceed()))

/** Calls that arrive and are done, but whose answers are lost. */
export const unanswered = (name: string, when: () => boolean = () => true) =>
  calls(name, async (proceed) => {
    const answer = await proceed()
    if (when()) throw isDown()
    return answer
  })

/** Calls that arrive a second time: the first answer is given. */
export const repeated = (name: string) =>
  calls(name, async (proceed) => {
    const answer = await proceed()
    await proceed()
    return answer
  })

export function calls(
  name: string,
  act: (proceed: () => Promise<Message>, call: Call) => Promise<Message>,
): Tampering {
  return { call: (call, proceed) => (call.name === name ? act(proceed, call) : proceed()) }
}

/** As a service refuses: for a reason that its contract names. */
export function refusal(reason: string, code: Code): ConnectError {
  const detail = create(ErrorReasonSchema, { reason })
  return new ConnectError(reason, code, undefined, [{ desc: ErrorReasonSchema, value: detail }])
}

function isDown(): ConnectError {
  return new ConnectError('the server does not answer', Code.Unavailable)
}
