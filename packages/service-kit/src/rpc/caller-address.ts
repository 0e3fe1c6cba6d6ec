/**
 * Where a call comes from, as far as limits need it: a keyed hash that means nothing outside this process and
 * nothing after it. The address itself goes no further than this file.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { isIPv6 } from 'node:net'
import { createContextKey, type HandlerContext } from '@connectrpc/connect'

export const callerAddressKey = createContextKey('unknown', { description: 'caller address' })

/** For a service's own limits of calls without a token. */
export function callerAddressOf(context: Pick<HandlerContext, 'values'>): string {
  return context.values.get(callerAddressKey)
}

/** Hashing costs a seventh of a small request: of the addresses that asked last it is kept. */
const maxKept = 1_000

export function createHideAddress(): (address: string) => string {
  const key = randomBytes(32)
  const kept = new Map<string, string>()
  return (address) => {
    const known = kept.get(address)
    if (known !== undefined) return known
    const hidden = createHmac('sha256', key).update(subscriberOf(address)).digest('base64url').slice(0, 22)
    if (kept.size >= maxKept) kept.clear()
    kept.set(address, hidden)
    return hidden
  }
}

/** One subscriber has a whole /64 of IPv6. */
function subscriberOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '').replace(/%.*$/, '')
  if (!isIPv6(plain)) return plain
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
