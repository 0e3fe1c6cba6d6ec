/**
 * One device of the account lets a new one in (docs/wire/linking.md): it begins on the old one, which asks for the
 * password, and the user compares six digits on both before anything leaves it.
 */
import { AccountId, DecodeError } from '@veche/protocol'
import type { LinkingAnswer } from '@veche/protocol/gen/e2ee/v1/linking_pb.js'
import { type AccountsClient, pause, RefusedError, UnreachableError } from '@veche/sync'
import { createLinkingSeed, formatLinkingCode } from './linking-code.ts'
import {
  type AnswerContent,
  createEphemeralKey,
  digitsOf,
  type EphemeralKey,
  type Linking,
  linkingOf,
  openAnswer,
  openOffer,
  sealAnswer,
  sealOffer,
} from './linking-seal.ts'
import type { Member } from './member.ts'
import type { PasswordProof } from './password-proof.ts'
import { askOwnServer, proveOwnPassword } from './prove-own.ts'

export interface LinkRequest {
  readonly password: string
  /** Shows the code. It is good for so long. */
  readonly onCode: (code: string, lifetimeMs: number) => void
  /** Shows the six digits. @returns whether the user sees the same on the new device */
  readonly confirm: (digits: string) => Promise<boolean>
  /** Ends it. */
  readonly signal: AbortSignal
}

/** `declined`: the user said no, or ended it. Nothing has left this device then. */
export type LinkOutcome = 'linked' | 'declined'

/** Longer than the server waits. */
const AWAIT_TIMEOUT_MS = 40_000
const PAUSE_MS = 1000
/** As the login token. */
const LONGEST_MS = 10 * 60_000

/**
 * The old device's side.
 * @throws RefusedError `login_failed`, `too_many_calls`; `linking_unknown`: nobody came in time; `linking_invalid`: who came
 * does not know the code; UnreachableError
 */
export async function letIn(member: Member, request: LinkRequest): Promise<LinkOutcome> {
  const { accounts } = member.server
  const proof = await proveOwnPassword(member, await askOwnServer(member), request.password)
  const linking = linkingOf(createLinkingSeed())
  try {
    const { lifetimeMs } = await accounts.openLinking({ linkingId: linking.id })
    request.onCode(formatLinkingCode(linking.seed), Number(lifetimeMs))
    const signal = endingSoon(request.signal)
    const ephemeralKey = await offeredKey(accounts, linking, signal)
    const isMeant = ephemeralKey && (await request.confirm(await digitsOf(linking, ephemeralKey)))
    if (!isMeant || signal.aborted) return await decline(accounts, linking, request.signal, isMeant === false)
    const answer = await sealAnswer(linking, ephemeralKey, contentOf(member, proof))
    const sent = await untilReached(signal, () => accounts.answerOffer({ linkingId: linking.id, answer }))
    return sent ? 'linked' : 'declined'
  } finally {
    proof.account.wipe()
  }
}

export interface Opening {
  /** The new device's, which the user compares. */
  readonly onDigits: (digits: string) => void
  readonly signal: AbortSignal
}

/**
 * The new device's side, up to where it has what lets it in; the caller wipes the secret in it.
 * @param seed 16 bytes, the code's
 * @throws RefusedError `linking_unknown`: the code is too old, was used, or the old device has ended it; UnreachableError;
 * DecodeError where the answer is not for this device
 */
export async function askIn(
  accounts: AccountsClient,
  seed: Uint8Array,
  { onDigits, signal }: Opening,
): Promise<LinkingAnswer> {
  const linking = linkingOf(seed)
  const key = await createEphemeralKey()
  try {
    const offer = await sealOffer(linking, key.publicKey)
    await accounts.offerDevice({ linkingId: linking.id, offer })
    onDigits(await digitsOf(linking, key.publicKey))
    return await givenAnswer(accounts, linking, key, endingSoon(signal))
  } finally {
    key.privateKey.fill(0)
  }
}

function contentOf({ own, profile }: Member, { token, account }: PasswordProof): AnswerContent {
  const { serverIdentityKey } = profile
  const accountId = AccountId.toBytes(own.account)
  return {
    loginToken: token,
    accountId,
    accountSecret: account.secret,
    handle: own.handle,
    serverIdentityKey,
  }
}

/** The user has ended it, or nobody came in time. */
async function decline(
  accounts: AccountsClient,
  linking: Linking,
  signal: AbortSignal,
  isRefused: boolean,
): Promise<LinkOutcome> {
  await end(accounts, linking)
  if (isRefused || signal.aborted) return 'declined'
  throw new RefusedError('linking_unknown')
}

/** The secret waits no longer than that, whatever the server says. */
function endingSoon(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)])
}

/** Undefined where the user has ended it. */
async function offeredKey(
  accounts: AccountsClient,
  linking: Linking,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const { id: linkingId } = linking
  const offer = await awaited(
    signal,
    async () => (await accounts.awaitOffer({ linkingId }, waiting(signal))).offer,
  )
  if (!offer) return undefined
  try {
    return await openOffer(linking, offer)
  } catch (cause) {
    if (!(cause instanceof DecodeError)) throw cause
    await end(accounts, linking)
    throw new RefusedError('linking_invalid', { cause })
  }
}

async function givenAnswer(
  accounts: AccountsClient,
  linking: Linking,
  key: EphemeralKey,
  signal: AbortSignal,
): Promise<LinkingAnswer> {
  const { id: linkingId } = linking
  const answer = await awaited(
    signal,
    async () => (await accounts.awaitAnswer({ linkingId }, waiting(signal))).answer,
  )
  if (!answer) throw new RefusedError('linking_unknown')
  return openAnswer(linking, key, answer)
}

/** Asks again until something comes; undefined once the signal is aborted. */
async function awaited(signal: AbortSignal, ask: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  for (;;) {
    const bytes = await untilReached(signal, ask)
    if (!bytes || bytes.length > 0) return bytes
  }
}

/** A server that is away for a moment ends nothing. Undefined once the signal is aborted. */
async function untilReached<T>(signal: AbortSignal, call: () => Promise<T>): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof UnreachableError)) throw error
      await pause(PAUSE_MS, signal)
    }
  }
  return undefined
}

/** No word ends it within minutes all the same. */
async function end(accounts: AccountsClient, { id: linkingId }: Linking): Promise<void> {
  try {
    await accounts.answerOffer({ linkingId })
  } catch (error) {
    if (!(error instanceof UnreachableError || error instanceof RefusedError)) throw error
  }
}

function waiting(signal: AbortSignal) {
  return { signal, timeoutMs: AWAIT_TIMEOUT_MS }
}
