/**
 * Asks the service, with a token that is renewed in time. Nothing here throws and nothing reaches the host's console. The browser's cache
 * keeps the status with its `ETag` and asks whether it still holds.
 */
import { build } from './build.dom.ts'
import { lifetimeMs } from './token.ts'

export interface Answer {
  /** The service did what it was asked; else the fragments say what was wrong. */
  readonly isOk: boolean
  readonly markup: string
  /** Made of the markup, standing nowhere yet. */
  readonly nodes: readonly HTMLElement[]
}

export type Fields = Iterable<readonly [name: string, value: string]>

/** @returns undefined without network, service, a readable answer, or a user: then `signOut` was called */
export type Ask = (method: string, path: string, fields?: Fields) => Promise<Answer | undefined>

const timeoutMs = 30_000

/**
 * @param say whom to ask and for whom: the bell's attributes, each time anew
 * @param signOut nobody vouches for this user any more
 */
export function createService(say: (name: string) => string, lang: string, signOut: () => void): Ask {
  let given = ''
  let token = ''
  let dueMs = 0
  let renewal: Promise<void> | undefined

  function take(fresh: string): void {
    token = fresh
    dueMs = Date.now() + lifetimeMs(fresh) * 0.8
    renewal = undefined
  }

  async function send(
    method: string,
    path: string,
    fields: Fields,
    spent: string,
  ): Promise<Answer | undefined> {
    if (given !== say('token')) {
      given = say('token')
      take(given)
    }
    const tokenUrl = say('token-url')
    if (tokenUrl && (token === spent || Date.now() > dueMs)) {
      renewal ??= fetchToken(tokenUrl).then(take) // one for all who ask at once
      await renewal
    }
    const used = token
    if (used === spent) return signOut() as undefined
    const tz = Intl.DateTimeFormat().resolvedOptions().timeZone
    const all = [...fields, ['user', say('user')], ['lang', lang], ['tz', tz]] as [string, string][]
    const body = new URLSearchParams(all)
    const url = addressOf(say('src'), `v1/${path}`)
    const isGet = method === 'GET'
    const headers = { Authorization: `Bearer ${used}` }
    const response = await get(isGet ? `${url}?${body}` : url, { method, headers, body: isGet ? null : body })
    const code = response.headers.get('Nichatka-Error') ?? ''
    if (code === 'token-expired' && !spent) return send(method, path, fields, used)
    if (/^(token|user)-/.test(code)) return signOut() as undefined
    const markup = new TextDecoder('utf-16le').decode(await response.arrayBuffer())
    return { isOk: response.ok, markup, nodes: build(markup) }
  }

  return (method, path, fields = []) =>
    send(method, path, fields, '').catch(() => {
      renewal = undefined
      return undefined
    })
}

/** The panel's style sheet. @throws whatever is wrong */
export async function fetchStyle(src: string): Promise<string> {
  const response = await get(addressOf(src, 'nichatka.css'))
  if (!response.ok) throw response
  return response.text()
}

const addressOf = (src: string, path: string) => src.replace(/\/*$/, '/') + path

/** @returns '' where there is something else in its place: signed out */
async function fetchToken(url: string): Promise<string> {
  const response = await get(url, { credentials: 'same-origin', redirect: 'manual' })
  if (response.status > 499) throw response
  const token = (await response.text()).trim()
  return response.ok && lifetimeMs(token) ? token : ''
}

function get(url: string, init: RequestInit = {}): Promise<Response> {
  // A browser writes each failed request to the console, so that none is made that cannot succeed.
  if (!navigator.onLine) throw init
  const signal = AbortSignal.timeout(timeoutMs)
  return fetch(url, {
    credentials: 'omit',
    redirect: 'error',
    referrerPolicy: 'no-referrer',
    signal,
    ...init,
  })
}
