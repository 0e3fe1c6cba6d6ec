/** Registration statements: all that an account is made of, signed by its key. */
import { createHash } from 'node:crypto'
import { DecodeError, decodeCanonical, labelled } from '@veche/protocol'
import { RegistrationStatementSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { readPassword, readRecoveryCode } from '../credentials/new-credentials.ts'
import type { AccountBackup } from '../database/account-backups.ts'
import type { CertifiedDevice } from '../database/devices.ts'
import { readCertifiedDevice } from '../devices/certified-device.ts'
import { isSignedBy } from '../keys/ed25519.ts'
import type { OpaqueServer } from '../login/opaque.ts'

/** What a statement says, checked but for its names, which are refused for reasons of their own. */
export interface Registration {
  readonly accountKey: Uint8Array
  readonly handle: string
  readonly displayName: string
  readonly opaqueVersion: number
  readonly opaqueRecord: string
  readonly backup: AccountBackup
  readonly device: CertifiedDevice
  /** SHA-256 of the statement. */
  readonly statementHash: Uint8Array
}

/** A whole statement has about 1,100 bytes. */
const MAX_STATEMENT_BYTES = 2048

/**
 * Reads a statement that its account key signed for this server.
 * @throws DecodeError
 */
export async function readRegistration(
  bytes: Uint8Array,
  signature: Uint8Array,
  serverIdentityKey: Uint8Array,
  opaque: OpaqueServer,
): Promise<Registration> {
  const statement = decodeCanonical(RegistrationStatementSchema, bytes, MAX_STATEMENT_BYTES)
  const { accountKey, deviceCertificate, deviceSignatureKey, backupKey } = statement
  if (!isSignedBy(accountKey, labelled('veche account proof v1', serverIdentityKey, bytes), signature)) {
    throw new DecodeError('statement: bad signature')
  }
  const { passwordWrap, ...password } = readPassword(statement, opaque)
  if (backupKey.length !== 32) throw new DecodeError('statement: a backup key of another length')
  const device = await readCertifiedDevice(accountKey, deviceCertificate, deviceSignatureKey)
  return {
    accountKey,
    handle: statement.handle,
    displayName: statement.displayName,
    ...password,
    backup: { accountId: device.accountId, passwordWrap, ...readRecoveryCode(statement), backupKey },
    device,
    statementHash: createHash('sha256').update(bytes).digest(),
  }
}
