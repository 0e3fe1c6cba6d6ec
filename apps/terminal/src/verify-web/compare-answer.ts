/** What an answer has that the local release would not have been served with. Pure. */
import { createHash } from 'node:crypto'
import type { ExpectedHeaders, WebAnswer } from '@veche/app-server'
import { decodeBody } from './decode-body.ts'
import { unlistedFiles } from './unlisted-files.ts'

export interface Served {
  readonly status: number
  /** By name in small letters, every value that came. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: Buffer
  /** Other answers came before it (RFC 8297): a browser may already have loaded what they name. */
  readonly isHinted: boolean
}

export type Difference =
  | { readonly kind: 'status'; readonly expected: number; readonly got: number; readonly location?: string }
  | { readonly kind: 'header'; readonly name: string; readonly expected?: string; readonly got?: string }
  /** SHA-256, and where the first other byte is. */
  | { readonly kind: 'content'; readonly expected: string; readonly got: string; readonly at: number }
  /** The body is not what its Content-Encoding says, or that was not asked for. */
  | { readonly kind: 'coding'; readonly got: string }
  /** What the changed file names, and the release does not have. */
  | { readonly kind: 'unlisted'; readonly file: string }
  | { readonly kind: 'hints' }
  | { readonly kind: 'silence'; readonly why: Silence }
  /** The same content, in other bytes: another processor's zlib does that, or a proxy. It changes nothing of what runs. */
  | { readonly kind: 'compression' }

/** Why there was no answer: `broken` off, or none at all. */
export type Silence = 'broken' | 'too_slow' | 'too_long'

export interface Expected {
  readonly answer: WebAnswer
  readonly headers: ExpectedHeaders
  /** Of the request. */
  readonly accepted: string
  /** Of the release. */
  readonly paths: readonly string[]
}

export function compareAnswer(expected: Expected, served: Served): readonly Difference[] {
  const { answer } = expected
  const hints: Difference[] = served.isHinted ? [{ kind: 'hints' }] : []
  if (served.status !== answer.status) {
    const location = served.headers.get('location')?.join(', ')
    return [
      ...hints,
      { kind: 'status', expected: answer.status, got: served.status, ...(location && { location }) },
    ]
  }
  return [...hints, ...headerDifferences(expected.headers, served), ...bodyDifferences(expected, served)]
}

/** What tells nothing of the page, or is looked at with the body. Whatever is not here is expected, or a difference. */
const neutral = new Set([
  'accept-ranges',
  'connection',
  'content-encoding',
  'content-length',
  'date',
  'keep-alive',
  'server',
  'transfer-encoding',
  'via',
])

function headerDifferences({ required, optional }: ExpectedHeaders, { headers }: Served): Difference[] {
  const names = new Set([...Object.keys(required), ...headers.keys()])
  return [...names].flatMap((name): Difference[] => {
    const got = headers.get(name)?.join(', ')
    const expected = required[name]
    const isFree = neutral.has(name) || (got !== undefined && got === optional[name])
    if (isFree || got === expected || (name === 'alt-svc' && isSameHost(got))) return []
    return [
      {
        kind: 'header',
        name,
        ...(expected !== undefined && { expected }),
        ...(got !== undefined && { got }),
      },
    ]
  })
}

/** Another protocol on another port, but of the same host (RFC 7838): proxies offer HTTP/3 like that. */
function isSameHost(altSvc = ''): boolean {
  return altSvc
    .split(',')
    .every((one) => /^\s*(clear|[\w-]+=":\d{1,5}"(\s*;\s*(ma|persist)=\d+)*)\s*$/.test(one))
}

function bodyDifferences({ answer, accepted, paths }: Expected, { headers, body }: Served): Difference[] {
  const coding = headers.get('content-encoding')?.join(', ')
  const isAsExpected = coding === answer.headers['content-encoding'] && body.equals(answer.body)
  if (isAsExpected) return []
  const wasAsked = coding === undefined || accepted.split(/[\s,]+/).includes(coding)
  const content = wasAsked ? decodeBody(coding, body, maxContentBytes(answer)) : undefined
  if (content === undefined) return [{ kind: 'coding', got: coding ?? 'identity' }]
  if (content.equals(answer.content)) return [{ kind: 'compression' }]
  const files = unlistedFiles(content, answer.content, paths)
  return [
    contentDifference(answer.content, content),
    ...files.map((file) => ({ kind: 'unlisted', file }) as const),
  ]
}

/** What is longer than that is not looked at: the answer is another one in any case. */
export function maxContentBytes({ content }: WebAnswer): number {
  return content.length + 16 * 1024
}

function contentDifference(expected: Buffer, got: Buffer): Difference {
  const shorter = Math.min(expected.length, got.length)
  let at = 0
  while (at < shorter && expected[at] === got[at]) at++
  return { kind: 'content', expected: sha256(expected), got: sha256(got), at }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
