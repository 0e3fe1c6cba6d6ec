/**
 * Compares what a server serves as the web app with what the local release would be served as: for every file, by several
 * visitors. What a server answers to somebody else, or at another time, it cannot tell: see docs/threat-model.md.
 */
import type { SecureContextOptions } from 'node:tls'
import { expectedHeaders, type WebApp } from '@veche/app-server'
import { compareAnswer, type Difference, maxContentBytes } from './compare-answer.ts'
import { type Answer, type Connection, openConnection } from './connection.ts'
import { type Reached, reach } from './reach.ts'
import { planVisits, type Round, type Visit } from './visits.ts'

export interface VerifyOptions {
  /** Whom the profile believes besides the system's authorities. */
  readonly trust?: SecureContextOptions
  readonly limits?: Partial<VerifyLimits>
  readonly signal: AbortSignal
  readonly onBegun?: (answers: number) => void
}

export interface VerifyLimits {
  /** For one answer. */
  readonly answerTimeoutMs: number
  /** For all of them; what was not answered by then counts as too slow. */
  readonly timeoutMs: number
}

export interface WebReport {
  /** How many answers were asked for. */
  readonly answers: number
  readonly findings: readonly Finding[]
}

/** What is different at a path, and for whom. */
export interface Finding {
  readonly path: string
  readonly difference: Difference
  /** Each visitor once. */
  readonly visitors: readonly string[]
  readonly answers: number
}

const defaultLimits: VerifyLimits = { answerTimeoutMs: 30_000, timeoutMs: 15 * 60_000 }
const ROUNDS_AT_ONCE = 4

/** @throws UnreachableError where the server is not there, or nobody who is trusted vouches for it */
export async function verifyWeb(web: WebApp, server: URL, options: VerifyOptions): Promise<WebReport> {
  const { trust = {}, limits, signal, onBegun } = options
  const reached = await reach(server, trust)
  const check = new WebCheck(web, server, reached, { ...defaultLimits, ...limits })
  const rounds = planVisits(web.paths, (path) => etagOf(web, path), reached.isHttp2)
  const answers = rounds.reduce((sum, { visits }) => sum + visits.length, 0)
  onBegun?.(answers)
  const waiting = [...rounds]
  const work = async () => {
    for (let round = waiting.pop(); round !== undefined && !signal.aborted; round = waiting.pop()) {
      await check.make(round, signal)
    }
  }
  await Promise.all(Array.from({ length: ROUNDS_AT_ONCE }, work))
  return { answers, findings: check.findings }
}

function etagOf(web: WebApp, path: string): string {
  return web.answerTo({ url: path, method: 'GET', headers: {} })?.headers.etag ?? ''
}

/** One comparison: the findings as they come together. */
export class WebCheck {
  readonly #web: WebApp
  readonly #server: URL
  readonly #reached: Reached
  readonly #limits: VerifyLimits
  readonly #endsAtMs: number
  readonly #found = new Map<
    string,
    { path: string; difference: Difference; visitors: Set<string>; answers: number }
  >()

  constructor(web: WebApp, server: URL, reached: Reached, limits: VerifyLimits) {
    this.#web = web
    this.#server = server
    this.#reached = reached
    this.#limits = limits
    this.#endsAtMs = Date.now() + limits.timeoutMs
  }

  /** By path. */
  get findings(): readonly Finding[] {
    const order = this.#web.paths
    return [...this.#found.values()]
      .sort((one, other) => order.indexOf(one.path) - order.indexOf(other.path))
      .map(({ visitors, ...found }) => ({ ...found, visitors: [...visitors].sort() }))
  }

  /** Makes the visits of a round over a connection of its own. */
  async make({ protocol, visits }: Round, signal: AbortSignal): Promise<void> {
    const open = () => openConnection(this.#server, protocol, this.#reached.trust)
    let connection = open()
    try {
      for (const visit of visits) {
        if (signal.aborted) return
        let answer = await this.#ask(connection, visit)
        if (answer.kind === 'silent') {
          // A server may end a connection at any time; what it does to the next one counts.
          connection[Symbol.dispose]()
          connection = open()
          if (answer.why === 'broken') answer = await this.#ask(connection, visit)
        }
        this.#compare(visit, answer)
      }
    } finally {
      connection[Symbol.dispose]()
    }
  }

  async #ask(connection: Connection, { url, headers }: Visit): Promise<Answer> {
    const expected = this.#web.answerTo({ url, method: 'GET', headers: {} })!
    const timeoutMs = Math.min(this.#limits.answerTimeoutMs, this.#endsAtMs - Date.now())
    if (timeoutMs <= 0) return { kind: 'silent', why: 'too_slow' }
    return connection.get({ url, headers, maxBytes: maxContentBytes(expected), timeoutMs })
  }

  #compare({ path, url, headers, visitor }: Visit, answer: Answer): void {
    if (answer.kind === 'silent') {
      this.#note(path, visitor, { kind: 'silence', why: answer.why })
      return
    }
    const expected = this.#web.answerTo({ url, method: 'GET', headers })!
    const differences = compareAnswer(
      {
        answer: expected,
        headers: expectedHeaders(expected, this.#server, this.#reached.isPublic),
        accepted: headers['accept-encoding'] ?? '',
        paths: this.#web.paths,
      },
      answer.served,
    )
    for (const difference of differences) this.#note(path, visitor, difference)
  }

  #note(path: string, visitor: string, difference: Difference): void {
    const key = JSON.stringify([path, difference])
    const found = this.#found.get(key) ?? { path, difference, visitors: new Set(), answers: 0 }
    found.visitors.add(visitor)
    found.answers++
    this.#found.set(key, found)
  }
}
