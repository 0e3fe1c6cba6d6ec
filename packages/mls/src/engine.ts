/** How the MLS engine is set up for Veche, and the check that it is the engine we patched. */
import { DecodeError } from '@veche/protocol'
import type { ClientConfig, Credential, LeafNode } from 'ts-mls'
import * as clientState from 'ts-mls/clientState.js'
import { defaultKeyPackageEqualityConfig } from 'ts-mls/keyPackageEqualityConfig.js'
import { CHAT_STATE_EXTENSION } from './chat-state.ts'
import { verifyCertificate } from './device.ts'
import { EngineError } from './errors.ts'
import { SUITE_NAME } from './provider.ts'

/** The patch that this package is written for: patches/ts-mls+1.6.4.patch. */
const PATCH = 1

export const engineConfig: ClientConfig = {
  keyRetentionConfig: {
    retainKeysForGenerations: 256,
    retainKeysForEpochs: 8,
    maximumForwardRatchetSteps: 4096,
  },
  // Off, or a member who never commits would in time make every joiner fail.
  lifetimeConfig: { maximumTotalLifetime: 8_000_000n, validateLifetimeOnReceive: false },
  keyPackageEqualityConfig: defaultKeyPackageEqualityConfig,
  paddingConfig: { kind: 'padUntilLength', padUntilLength: 256 },
  authService: { validateCredential: isCertified },
}

/** What every leaf of ours says it can do. */
export const capabilities: LeafNode['capabilities'] = {
  versions: ['mls10'],
  ciphersuites: [SUITE_NAME],
  extensions: [CHAT_STATE_EXTENSION],
  proposals: [],
  credentials: ['basic'],
}

/** Whether a leaf can live in a chat: suite, credential, chat state; and carries no extension of its own. */
export function isCapable({ capabilities: own, extensions, credential }: LeafNode): boolean {
  return (
    own.versions.includes('mls10') &&
    own.ciphersuites.includes(SUITE_NAME) &&
    own.extensions.includes(CHAT_STATE_EXTENSION) &&
    own.credentials.includes('basic') &&
    credential.credentialType === 'basic' &&
    extensions.length === 0
  )
}

/** The certificate in a leaf. @throws DecodeError for any credential but `basic`. */
export function certificateOf(credential: Credential): Uint8Array {
  if (credential.credentialType !== 'basic') throw new DecodeError('leaf: not a basic credential')
  return credential.identity
}

/** @throws EngineError when the installed engine lacks the corrections that safety rests on. */
export function selfCheck(engine: object = clientState): void {
  if ('vechePatch' in engine && engine.vechePatch === PATCH) return
  throw new EngineError(
    'the MLS engine is not patched: run `npm ci` with install scripts allowed, or `npm run prepare`',
  )
}

/** Verdicts by credential, which is never changed: port and engine ask for the same ones in turn. */
const verdicts = new WeakMap<Credential, { signatureKey: Uint8Array; isCertified: Promise<boolean> }>()

/** Whether the account that a credential names has certified the leaf key. */
export function isCertified(credential: Credential, signatureKey: Uint8Array): Promise<boolean> {
  let verdict = verdicts.get(credential)
  if (verdict?.signatureKey !== signatureKey) {
    verdict = { signatureKey, isCertified: verifyCredential(credential, signatureKey) }
    verdicts.set(credential, verdict)
  }
  return verdict.isCertified
}

async function verifyCredential(credential: Credential, signatureKey: Uint8Array): Promise<boolean> {
  try {
    await verifyCertificate(certificateOf(credential), signatureKey)
    return true
  } catch (error) {
    if (error instanceof DecodeError) return false
    throw error
  }
}
