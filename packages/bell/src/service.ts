/**
 * Asks the service, with a token that is renewed in time. Nothing here throws and nothing reaches the host's console.
 */

import { type FragmentNode, readFragments } from './read-fragments.ts'
import { isToken, lifetimeMs } from './token.ts'
import { languageOf } from './words.ts'

export interface Answer {
  /** The service did what it was asked; else the fragments say what was wrong. */
  readonly isOk: boolean
  /** What the given `etag` stood for still holds; there are no fragments. */
  readonly isSame: boolean
  readonly etag: string
  readonly text: string
  readonly nodes: readonly FragmentNode[]
  /** How long the service asks to be left alone. */
  readonly waitMs: number
}

/** @returns undefined without network, service, a readable answer, or a user: then `signOut` was called */
export type Ask = (
  method: string,
  path: string,
  fields: URLSearchParams,
  etag?: string,
) => Promise<Answer | undefined>

const timeoutMs = 30_000
const maxBytes = 8_000_000

/**
 * @param bell its attributes say whom to ask and for whom, each time anew
 * @param signOut nobody vouches for this user any more
 */
export function createService(bell: HTMLElement, signOut: () => void): Ask {
  const say = (name: string) => bell.getAttribute(name) ?? ''
  let given = ''
  let token = ''
  let dueMs = 0
  let renewal: Promise<void> | undefined

  function take(fresh: string): void {
    token = fresh
    dueMs = Date.now() + lifetimeMs(fresh) * 0.8
  }

  /** Not `spent`; one renewal for all who ask at once. */
  async function freshToken(spent: string): Promise<string> {
    if (given !== say('token')) {
      given = say('token')
      take(given)
    }
    if (say('token-url') && (token === spent || Date.now() > dueMs)) {
      renewal ??= renew(say('token-url'))
        .then(take)
        .finally(() => (renewal = undefined))
      await renewal
    }
    return token === spent ? '' : token
  }

  async function send(
    method: string,
    path: string,
    fields: URLSearchParams,
    etag: string,
    spent: string,
  ): Promise<Response | undefined> {
    const bearer = await freshToken(spent)
    if (!bearer) return
    const all = new URLSearchParams(fields)
    all.set('user', say('user'))
    all.set('lang', languageOf(bell))
    all.set('tz', Intl.DateTimeFormat().resolvedOptions().timeZone)
    const url = `${say('src').replace(/\/*$/, '/v1/')}${path}`
    const isGet = method === 'GET'
    const headers: Record<string, string> = { Authorization: `Bearer ${bearer}` }
    if (etag) headers['If-None-Match'] = etag
    const response = await get(isGet ? `${url}?${all}` : url, { method, headers, body: isGet ? null : all })
    const code = response.headers.get('Nichatka-Error') ?? ''
    if (code === 'token-expired' && !spent) return send(method, path, fields, etag, bearer)
    return /^(token|user)-/.test(code) ? undefined : response
  }

  return async (method, path, fields, etag = '') => {
    try {
      const response = await send(method, path, fields, etag, '')
      if (response) return await readAnswer(response)
      signOut()
    } catch {
      // no network, not in time, or not a fragment
    }
    return undefined
  }
}

/** @returns the token; '' where there is something else in its place: signed out */
async function renew(url: string): Promise<string> {
  const response = await get(url, { credentials: 'same-origin', redirect: 'manual' })
  if (response.status > 499) throw response
  const token = response.ok ? (await response.text()).trim() : ''
  return isToken(token) ? token : ''
}

function get(url: string, init: RequestInit): Promise<Response> {
  // A browser writes each failed request to the console, so that none is made that cannot succeed.
  if (!navigator.onLine) throw init
  const signal = AbortSignal.timeout(timeoutMs)
  return fetch(url, {
    credentials: 'omit',
    redirect: 'error',
    cache: 'no-store',
    referrerPolicy: 'no-referrer',
    signal,
    ...init,
  })
}

async function readAnswer(response: Response): Promise<Answer> {
  const say = (name: string) => response.headers.get(name) ?? ''
  const bytes = await response.arrayBuffer()
  if (bytes.byteLength > maxBytes) throw response
  const text = new TextDecoder('utf-16le', { fatal: true }).decode(bytes)
  const waitMs = Math.min(Number(say('Retry-After')) || 0, 3_600) * 1_000
  const isSame = response.status === 304
  return { isOk: response.ok, isSame, etag: say('ETag'), text, nodes: readFragments(text), waitMs }
}
