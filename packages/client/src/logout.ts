/** Signing out, as far as the server is told of it. */
import { RefusedError } from '@veche/sync'
import type { Member } from './member.ts'

export interface LogoutOptions {
  /** Whether the encrypted histories stay on this device. */
  readonly keepHistory: boolean
  /** True by default. */
  readonly tellServer?: boolean
}

/** A device that the server does not accept any more has ended there already. @throws UnreachableError */
export async function endOwnDevice({ server }: Member): Promise<void> {
  try {
    await server.accounts.removeOwnDevice({})
  } catch (error) {
    if (!(error instanceof RefusedError) || !ENDED_REASONS.has(error.reason)) throw error
  }
}

const ENDED_REASONS: ReadonlySet<string> = new Set(['proof_invalid', 'token_invalid'])
