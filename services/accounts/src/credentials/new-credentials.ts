/** New passwords and recovery codes as their owners send them. */
import { DecodeError, encodeMessage } from '@veche/protocol'
import {
  type NewPassword,
  type NewRecoveryCode,
  type WrappedSecret,
  WrappedSecretSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { OPAQUE_VERSION, type OpaqueServer } from '../login/opaque.ts'

export interface PasswordCredential {
  readonly opaqueVersion: number
  readonly opaqueRecord: string
  /** An encoded WrappedSecret. */
  readonly passwordWrap: Uint8Array
}

export interface RecoveryCredential {
  /** An encoded WrappedSecret. */
  readonly recoveryWrap: Uint8Array
  readonly recoveryVerifierHash: Uint8Array
}

/** @throws DecodeError */
export function readPassword(
  { opaqueVersion, opaqueRecord, passwordWrap }: Omit<NewPassword, '$typeName'>,
  opaque: OpaqueServer,
): PasswordCredential {
  if (opaqueVersion !== OPAQUE_VERSION) throw new DecodeError('password: unknown OPAQUE version')
  opaque.ensureRecord(opaqueRecord)
  return { opaqueVersion, opaqueRecord, passwordWrap: readWrap(passwordWrap) }
}

/** @throws DecodeError */
export function readRecoveryCode({
  recoveryWrap,
  recoveryVerifierHash,
}: Omit<NewRecoveryCode, '$typeName'>): RecoveryCredential {
  if (recoveryVerifierHash.length !== 32) throw new DecodeError('recovery code: verifier of another length')
  return { recoveryWrap: readWrap(recoveryWrap), recoveryVerifierHash }
}

function readWrap(wrap: WrappedSecret | undefined): Uint8Array {
  if (wrap?.version !== 1 || wrap.nonce.length !== 12 || wrap.ciphertext.length !== 48) {
    throw new DecodeError('not a wrapped secret')
  }
  return encodeMessage(WrappedSecretSchema, wrap)
}
