// @ts-check
// Tells Nichatka who the users are: its one request that a host's server makes itself.
import { setTimeout as sleep } from 'node:timers/promises'
import { checkNickname } from './nickname.js'

const maxNicknames = 1_000
/** What the service takes in one body. */
const maxBodyBytes = 64 * 1024
const timeoutMs = 30_000
const maxTries = 5
const maxWaitSeconds = 60

/** Nichatka has answered, and not as it should. */
export class NichatkaError extends Error {
  name = 'NichatkaError'

  /**
   * @param {number} status
   * @param {string | undefined} code as docs/wire/nichatka.md lists them
   */
  constructor(status, code) {
    super(`Nichatka answered ${status} ${code ?? ''}`.trim())
    this.status = status
    this.code = code
  }
}

/**
 * So that people can be written to before they have come for the first time. Naming a user twice changes nothing.
 *
 * @param {import('./index.js').Signer} signer
 * @param {string | URL} url where this server reaches Nichatka, e.g. `https://messages.example/nichatka/`
 * @param {Iterable<string> | AsyncIterable<string>} nicknames
 * @returns {Promise<number>} how many were named
 * @throws {NichatkaError}
 */
export async function nameUsers(signer, url, nicknames) {
  if (typeof nicknames === 'string') throw new TypeError('nicknames must be a list of them')
  const target = new URL('v1/users', `${url}`.replace(/\/?$/, '/'))
  let count = 0
  for await (const batch of batches(nicknames)) {
    await nameBatch(signer, target, new URLSearchParams(batch.map((nickname) => ['nickname', nickname])))
    count += batch.length
  }
  return count
}

/**
 * As many at once as one request may hold, by number and by size.
 *
 * @param {Iterable<string> | AsyncIterable<string>} nicknames
 */
async function* batches(nicknames) {
  /** @type {string[]} */
  let batch = []
  let bytes = 0
  for await (const nickname of nicknames) {
    const more = `&${new URLSearchParams([['nickname', checkNickname(nickname)]])}`.length
    if (batch.length === maxNicknames || bytes + more > maxBodyBytes) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(nickname)
    bytes += more
  }
  if (batch.length > 0) yield batch
}

/**
 * @param {import('./index.js').Signer} signer
 * @param {URL} url
 * @param {URLSearchParams} body
 */
async function nameBatch(signer, url, body) {
  for (let tried = 1; ; tried++) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { Authorization: `Bearer ${signer.signHost()}` },
      body,
      redirect: 'manual', // a token goes where it was meant to, and nowhere else
      signal: AbortSignal.timeout(timeoutMs),
    })
    await response.arrayBuffer()
    if (response.ok) return
    const waitSeconds = waitOf(response)
    if (waitSeconds === undefined || tried === maxTries) {
      throw new NichatkaError(response.status, response.headers.get('Nichatka-Error') ?? undefined)
    }
    await sleep(waitSeconds * 1000)
  }
}

/**
 * Undefined where trying again would not help.
 *
 * @param {Response} response
 */
function waitOf({ status, headers }) {
  const after = headers.get('Retry-After') ?? ''
  if ((status !== 429 && status !== 503) || !/^\d+$/.test(after)) return undefined
  return Math.min(Number(after), maxWaitSeconds)
}
