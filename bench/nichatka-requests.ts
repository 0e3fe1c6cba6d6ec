/** Ready-made requests of the users of a scenario, once it is sure that they are answered as they should be. */
import type { Filled } from './nichatka-fill.ts'
import type { Scenario } from './nichatka-scenarios.ts'
import type { TokenSigner } from './nichatka-token.ts'

/** How many of the users ask; each has a token of its own. */
const askingUsers = 5_000

export interface Target {
  readonly port: number
  /** With the query, but for the user. */
  readonly path: string
}

interface Asking {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** @throws Error where the answers are not what is to be measured */
export async function makeRequests(
  scenario: Scenario,
  { port, path }: Target,
  { signer, filled }: { readonly signer: TokenSigner; readonly filled: Filled },
): Promise<string[]> {
  const nicknames =
    scenario.who === 'heavy' ? [filled.heavyNickname] : filled.ordinaryNicknames.slice(0, askingUsers)
  const all = nicknames.map((nickname): Asking => {
    const headers = { authorization: `Bearer ${signer.sign(nickname)}`, 'accept-encoding': 'gzip' }
    return { url: `http://127.0.0.1:${port}${path}&user=${nickname}`, headers }
  })
  await ensureAnswer(all[0]!, scenario)
  const asking = scenario.isRevalidation ? await Promise.all(all.slice(0, 500).map(withEtag)) : all
  return asking.map(toText)
}

async function ensureAnswer(asking: Asking, { name, messages }: Scenario): Promise<void> {
  const response = await fetch(asking.url, { headers: asking.headers })
  const text = new TextDecoder('utf-16le').decode(await response.arrayBuffer())
  const count = text.split('<article').length - 1
  if (response.status !== 200 || !text.includes('data-key="bell"')) {
    throw new Error(`${name}: answered ${response.status} ${text.slice(0, 200)}`)
  }
  if (messages === 'some' ? count === 0 : messages === 'none' && count > 0) {
    throw new Error(`${name}: ${count} messages`)
  }
}

async function withEtag({ url, headers }: Asking): Promise<Asking> {
  const response = await fetch(url, { headers })
  await response.arrayBuffer()
  return { url, headers: { ...headers, 'if-none-match': response.headers.get('etag') ?? '' } }
}

function toText({ url, headers }: Asking): string {
  const { host, pathname, search } = new URL(url)
  const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${pathname}${search} HTTP/1.1\r\n${lines.join('')}\r\n`
}
