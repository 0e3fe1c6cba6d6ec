/** Who asks for what, over which connection. */
import { randomInt } from 'node:crypto'
import { visitors as allVisitors, purposeHeaders, type Visitor } from './visitors.ts'

export interface Visit {
  readonly path: string
  /** Path and query. */
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** For the report. */
  readonly visitor: string
}

/** Visits one after the other over a connection of their own. */
export interface Round {
  readonly protocol: Visitor['protocol']
  readonly visits: readonly Visit[]
}

/** What a visit can have beside what is asked for at first sight: who was here before, a download that goes on. */
type Turn = (etag: string) => {
  readonly name: string
  readonly query?: string
  readonly headers?: Visit['headers']
}

const turns: readonly Turn[] = [
  (etag) => ({ name: 'If-None-Match', headers: { 'if-none-match': etag } }),
  () => ({ name: 'If-None-Match', headers: { 'if-none-match': 'W/"0"' } }),
  () => ({ name: 'Range', headers: { range: 'bytes=0-99' } }),
  () => ({ name: 'Cookie', headers: { cookie: 'session=1; lang=ru', dnt: '1' } }),
  () => ({ name: '?…', query: '?lang=ru&utm_source=share' }),
]

/**
 * Every visitor asks for every file; and each file is asked for in every other turn, those that decide over the rest by every
 * visitor.
 * @param etagOf a path
 * @param isHttp2 whether the server speaks HTTP/2; else all visitors come by HTTP/1.1
 */
export function planVisits(
  paths: readonly string[],
  etagOf: (path: string) => string,
  isHttp2: boolean,
): readonly Round[] {
  const visitors = isHttp2
    ? allVisitors
    : allVisitors.map((visitor) => ({ ...visitor, protocol: 'HTTP/1.1' }) as const)
  const leading = paths.filter((path) => !path.startsWith('/assets/'))
  const rounds: Round[] = []
  for (const visitor of visitors) {
    rounds.push(
      roundOf(
        visitor,
        paths.map((path) => ordinaryVisit(visitor, path)),
      ),
    )
    rounds.push(
      roundOf(
        visitor,
        leading.flatMap((path) => turns.map((turn) => visitOf(visitor, path, turn(etagOf(path))))),
      ),
    )
  }
  for (const turn of turns) {
    const visitor = visitors[randomInt(visitors.length)]!
    rounds.push(
      roundOf(
        visitor,
        paths.map((path) => visitOf(visitor, path, turn(etagOf(path)))),
      ),
    )
  }
  return shuffled(rounds)
}

function roundOf({ protocol }: Visitor, visits: readonly Visit[]): Round {
  return { protocol, visits: shuffled(visits) }
}

function ordinaryVisit(visitor: Visitor, path: string): Visit {
  return visitOf(visitor, path, { name: '' })
}

function visitOf(
  { name, protocol, headers, isBrowser }: Visitor,
  path: string,
  turn: ReturnType<Turn>,
): Visit {
  const coding = headers['accept-encoding'] ?? 'identity'
  const told = [name, protocol, coding, turn.name].filter((part) => part !== '')
  return {
    path,
    url: `${path}${turn.query ?? ''}`,
    headers: { ...headers, ...(isBrowser && purposeHeaders(path)), ...turn.headers },
    visitor: told.join(' · '),
  }
}

function shuffled<T>(list: readonly T[]): T[] {
  const rest = [...list]
  return list.map(() => rest.splice(randomInt(rest.length), 1)[0]!)
}
