/**
 * What an account signs to change what it signs in with. Each kind of statement has a label of its own, so that none is
 * taken for another (attack A18), and names the server and a token of it, so that none can be used elsewhere or again.
 */
import type { DescMessage } from '@bufbuild/protobuf'
import { verifyCertificate } from '@veche/mls/wire'
import { AccountId, DecodeError, decodeCanonical, type Label, labelled } from '@veche/protocol'
import {
  PasswordStatementSchema,
  RecoveryCodeStatementSchema,
  RecoveryStatementSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { CertifiedDevice } from '../database/devices.ts'
import { type Revocation, readRevocations } from '../devices/revocations.ts'
import { isSignedBy } from '../keys/ed25519.ts'
import type { OpaqueServer } from '../login/opaque.ts'
import {
  type PasswordCredential,
  type RecoveryCredential,
  readPassword,
  readRecoveryCode,
} from './new-credentials.ts'

/** As it comes with a request. */
export interface SignedStatement {
  readonly statement: Uint8Array
  readonly signature: Uint8Array
}

export interface Recovery {
  readonly token: Uint8Array
  readonly password: PasswordCredential
  readonly recoveryCode: RecoveryCredential | undefined
  readonly device: CertifiedDevice
  readonly revocations: readonly Revocation[]
}

export interface CredentialChange<Credential> {
  readonly accountId: AccountId
  readonly token: Uint8Array
  readonly credential: Credential
}

const MAX_RECOVERY_BYTES = 16 * 1024
const MAX_CHANGE_BYTES = 1024

/**
 * The account id is the hash of the key in the certificate, which signs the whole: no row is needed to check it.
 * @throws DecodeError
 */
export async function readRecovery(
  signed: SignedStatement,
  serverIdentityKey: Uint8Array,
  opaque: OpaqueServer,
): Promise<Recovery> {
  const statement = decodeCanonical(RecoveryStatementSchema, signed.statement, MAX_RECOVERY_BYTES)
  const {
    deviceCertificate: certificate,
    deviceSignatureKey: signatureKey,
    password,
    recoveryCode,
  } = statement
  const { accountId, deviceId, accountKey } = await verifyCertificate(certificate, signatureKey)
  ensureSigned('veche recovery proof v1', signed, serverIdentityKey, accountKey)
  if (password === undefined) throw new DecodeError('recovery: no password')
  return {
    token: statement.recoveryToken,
    password: readPassword(password, opaque),
    recoveryCode: recoveryCode && readRecoveryCode(recoveryCode),
    device: { accountId, deviceId, certificate, signatureKey },
    revocations: await readRevocations(accountKey, statement.revocations),
  }
}

/** @param keyOf gives the key of an account; undefined where there is none. @throws DecodeError */
export async function readPasswordChange(
  signed: SignedStatement,
  serverIdentityKey: Uint8Array,
  opaque: OpaqueServer,
  keyOf: KeyOf,
): Promise<CredentialChange<PasswordCredential>> {
  const statement = decodeChange(PasswordStatementSchema, signed)
  const { changeToken: token, password } = statement
  const accountId = AccountId.fromBytes(statement.accountId)
  ensureSigned('veche password change proof v1', signed, serverIdentityKey, await keyOf(accountId))
  if (password === undefined) throw new DecodeError('password change: no password')
  return { accountId, token, credential: readPassword(password, opaque) }
}

/** @param keyOf gives the key of an account; undefined where there is none. @throws DecodeError */
export async function readRecoveryCodeChange(
  signed: SignedStatement,
  serverIdentityKey: Uint8Array,
  keyOf: KeyOf,
): Promise<CredentialChange<RecoveryCredential>> {
  const statement = decodeChange(RecoveryCodeStatementSchema, signed)
  const { loginToken: token, recoveryCode } = statement
  const accountId = AccountId.fromBytes(statement.accountId)
  ensureSigned('veche recovery code proof v1', signed, serverIdentityKey, await keyOf(accountId))
  if (recoveryCode === undefined) throw new DecodeError('change of the recovery code: no code')
  return { accountId, token, credential: readRecoveryCode(recoveryCode) }
}

type KeyOf = (accountId: AccountId) => Promise<Uint8Array | undefined>

function decodeChange<Schema extends DescMessage>(schema: Schema, { statement }: SignedStatement) {
  return decodeCanonical(schema, statement, MAX_CHANGE_BYTES)
}

function ensureSigned(
  label: Label,
  { statement, signature }: SignedStatement,
  serverIdentityKey: Uint8Array,
  accountKey: Uint8Array | undefined,
): void {
  const isSigned =
    accountKey && isSignedBy(accountKey, labelled(label, serverIdentityKey, statement), signature)
  if (!isSigned) throw new DecodeError(`${label}: not signed by the account`)
}
