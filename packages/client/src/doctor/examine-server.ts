/**
 * The other half: the server as this device knows it. It asks and reads; nothing is acknowledged, so nothing that
 * the server still keeps for this device is lost by it.
 */
import type { Transport } from '@connectrpc/connect'
import { AccountId, ChatId, DecodeError, DeviceId, equalBytes } from '@veche/protocol'
import type { Profile } from '@veche/protocol/gen/local/v1/device_pb.js'
import { type Chat, openAccounts, openServer, RefusedError, type Server, UnreachableError } from '@veche/sync'
import { askServer, type TrustedServer } from '../server-trust.ts'
import { type Finding, finding } from './finding.ts'

const CALL_TIMEOUT_MS = 10_000
const STREAM_TIMEOUT_MS = 15_000
/** Times people see are off by it; nothing else depends on the clock before days. */
const CLOCK_TOLERANCE_MS = 60_000
/** The device refills below. */
const FEW_PACKAGES = 50

export async function examineServer(
  transport: Transport,
  url: string,
  pinned: Uint8Array | undefined,
): Promise<{ found: readonly Finding[]; isTrusted: boolean }> {
  const startedMs = Date.now()
  const asked = await within(CALL_TIMEOUT_MS, askServer(openAccounts(transport))).catch(asOutcome)
  if (typeof asked === 'string') {
    const name = asked === 'unreachable' ? 'server_unreachable' : 'server_refused'
    return { found: [finding('server', name, { server: url, reason: asked })], isTrusted: false }
  }
  const isPinned = pinned === undefined || equalBytes(asked.identityKey, pinned)
  if (!isPinned) return { found: [finding('server', 'server_changed', { server: url })], isTrusted: false }
  const endedMs = Date.now()
  const server = finding('server', 'server_ok', { server: url, answerMs: endedMs - startedMs })
  return { found: [server, clock(asked, (startedMs + endedMs) / 2)], isTrusted: true }
}

export async function examineAccount(server: Server): Promise<Finding[]> {
  const own = await within(CALL_TIMEOUT_MS, server.accounts.getOwnAccount({})).catch(asOutcome)
  if (own === 'unreachable') return [finding('token', 'token_unreachable')]
  if (typeof own === 'string') return [finding('token', 'token_refused', { reason: own })]
  const left = { left: own.keyPackages }
  const packages = finding('packages', own.keyPackages < FEW_PACKAGES ? 'packages_few' : 'packages_ok', left)
  return [finding('token', 'token_ok'), packages]
}

/** Opens the stream from where the device is, and counts what it has not got yet. */
export async function examineStream(
  server: Server,
  inboxPosition: bigint,
  chats: readonly Chat[],
): Promise<Finding> {
  const positions = chats.map(({ state: { chatId, position } }) => ({
    chatId: ChatId.toBytes(chatId),
    position,
  }))
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(), STREAM_TIMEOUT_MS)
  let missed = 0
  try {
    const stream = server.chats.subscribe({ positions, inboxPosition }, { signal: ending.signal })
    for await (const { event } of stream) {
      if (event.case === 'entries') missed += event.value.entries.length
      if (event.case === 'inbox') missed += event.value.items.length
      if (event.case === 'behind') return finding('stream', 'stream_behind')
      if (event.case === 'caughtUp') return finding('stream', 'stream_ok', { missed })
    }
    return finding('stream', 'stream_failed', { reason: 'ended' })
  } catch (error) {
    if (ending.signal.aborted) return finding('stream', 'stream_slow', { missed })
    return finding('stream', 'stream_failed', { reason: asOutcome(error) })
  } finally {
    clearTimeout(timer)
    ending.abort()
  }
}

export function serverOf(transport: Transport, profile: Profile): Server {
  const { serverIdentityKey, signaturePrivateKey } = profile
  return openServer(transport, {
    accountId: AccountId.fromBytes(profile.accountId),
    deviceId: DeviceId.fromBytes(profile.deviceId),
    serverIdentityKey,
    signaturePrivateKey,
  })
}

function clock({ timeMs }: TrustedServer, nowMs: number): Finding {
  const offMs = Math.round(nowMs - timeMs)
  const name = Math.abs(offMs) > CLOCK_TOLERANCE_MS ? 'clock_off' : 'clock_ok'
  return finding('clock', name, { offSeconds: Math.round(offMs / 1000) })
}

/** The reason of a refusal, for programs. */
function asOutcome(error: unknown): string {
  if (error instanceof UnreachableError) return 'unreachable'
  if (error instanceof RefusedError) return error.reason
  if (error instanceof DecodeError) return 'malformed'
  throw error
}

async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new UnreachableError()), timeoutMs)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
