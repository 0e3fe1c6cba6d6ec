/**
 * The history checker: decides from a log of all operations whether a run kept its promises. It knows nothing of
 * how the system works, only what people would notice (the shapes follow Jepsen's set and queue checkers).
 *
 * A run records what each client did and saw, then heals every fault, lets everyone catch up, and reads each
 * client's final history. Whether a message was sent may be unknown (the client died before it knew); after the
 * healing it must be one or the other for everybody.
 */
export type Operation =
  /** The client has taken the message in durable keeping: from here on it must arrive. */
  | { kind: 'accepted'; client: string; chat: string; id: string }
  /** The client was told of the server's acknowledgement. */
  | { kind: 'acknowledged'; client: string; chat: string; id: string; seq: bigint }
  /** The client tried, and died or failed before it could say. */
  | { kind: 'unknown'; client: string; chat: string; text: string }
  /** The client showed a message that arrived. */
  | { kind: 'shown'; client: string; chat: string; id: string; seq: bigint; text: string }
  /** The client reported something that it could not read or verify. */
  | { kind: 'unreadable'; client: string; chat: string; detail: string }
  /** One line of the client's history after healing, in the order it is shown. */
  | { kind: 'final'; client: string; chat: string; id: string; seq: bigint; text: string }

export interface Verdict {
  /** Accepted or acknowledged, but missing from some member's final history. */
  readonly lost: readonly string[]
  /** Twice in one client's history, or shown twice to one client. */
  readonly duplicated: readonly string[]
  /** Out of the order of positions, or at differing positions for two clients. */
  readonly reordered: readonly string[]
  /** Seen by somebody, sent by nobody. */
  readonly phantom: readonly string[]
  readonly unreadable: readonly string[]
  /** Messages that stand in every member's final history: says that the run did something. */
  readonly delivered: number
}

/**
 * @param texts every text that any client tried to send in the run, by chat
 * @param members the clients of each chat
 */
export function check(
  operations: readonly Operation[],
  members: ReadonlyMap<string, readonly string[]>,
  texts: ReadonlyMap<string, ReadonlySet<string>>,
): Verdict {
  const finals = operations.filter((operation) => operation.kind === 'final')
  const lost: string[] = []
  const reordered: string[] = []
  const duplicated: string[] = []
  let delivered = 0
  for (const [chat, clients] of members) {
    const histories = clients.map((client) =>
      finals.filter((line) => line.chat === chat && line.client === client),
    )
    for (const history of histories) duplicated.push(...repeated(history), ...repeatedTexts(history))
    for (const history of histories) reordered.push(...outOfOrder(history))
    reordered.push(...disagreements(histories.flat()))
    const everywhere = histories.map((history) => new Set(history.map((line) => line.id)))
    for (const id of promisedIn(operations, chat)) {
      const missing = clients.filter((_, index) => !everywhere[index]!.has(id))
      if (missing.length > 0) lost.push(`${id} in ${chat}: not with ${missing.join(', ')}`)
      else delivered++
    }
    lost.push(...halfKnown(histories, clients, chat))
  }
  duplicated.push(...repeated(operations.filter((operation) => operation.kind === 'shown')))
  return {
    lost,
    duplicated,
    reordered,
    phantom: phantoms(operations, texts),
    unreadable: operations.filter((o) => o.kind === 'unreadable').map((o) => `${o.client}: ${o.detail}`),
    delivered,
  }
}

type Seen = Extract<Operation, { kind: 'shown' | 'final' }>

function promisedIn(operations: readonly Operation[], chat: string): Set<string> {
  const promised = operations.filter((o) => o.kind === 'accepted' || o.kind === 'acknowledged')
  return new Set(promised.filter((o) => o.chat === chat).map((o) => o.id))
}

/** What one member has, every member has: also for messages whose sending was unknown. */
function halfKnown(histories: readonly Seen[][], clients: readonly string[], chat: string): string[] {
  const counts = new Map<string, number>()
  for (const history of histories) {
    for (const id of new Set(history.map((line) => line.id))) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count !== clients.length)
    .map(([id, count]) => `${id} in ${chat}: with ${count} of ${clients.length}`)
}

function repeated(seen: readonly Seen[]): string[] {
  const known = new Set<string>()
  return seen
    .filter((line) => !addNew(known, `${line.client}/${line.chat}/${line.id}`))
    .map((line) => line.id)
}

/** Every text of a run is sent once, so a text under two ids is a retry that was not recognised. */
function repeatedTexts(history: readonly Seen[]): string[] {
  const known = new Set<string>()
  return history.filter((line) => !addNew(known, line.text)).map((line) => `text of ${line.id}`)
}

function addNew(known: Set<string>, key: string): boolean {
  if (known.has(key)) return false
  known.add(key)
  return true
}

function outOfOrder(history: readonly Seen[]): string[] {
  return history.flatMap((line, index) => {
    const before = history[index - 1]?.seq ?? -1n
    return line.seq > before ? [] : [`${line.client}: ${line.id} at ${line.seq} after ${before}`]
  })
}

/** One id, one position; one position, one id; the same for all. */
function disagreements(lines: readonly Seen[]): string[] {
  const positionOf = new Map<string, bigint>()
  const idAt = new Map<bigint, string>()
  return lines.flatMap((line) => {
    const agrees =
      (positionOf.get(line.id) ?? line.seq) === line.seq && (idAt.get(line.seq) ?? line.id) === line.id
    positionOf.set(line.id, line.seq)
    idAt.set(line.seq, line.id)
    return agrees ? [] : [`${line.client}: ${line.id} at ${line.seq}`]
  })
}

function phantoms(
  operations: readonly Operation[],
  texts: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  return operations
    .filter((o) => o.kind === 'shown' || o.kind === 'final')
    .filter((line) => !texts.get(line.chat)?.has(line.text))
    .map((line) => `${line.client}: ${line.id}`)
}
