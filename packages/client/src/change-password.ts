/**
 * Another password on a device that stays: the record by which the server checks it, and what it opens, are replaced in
 * one transaction, signed by the account.
 */
import { create } from '@bufbuild/protobuf'
import { AccountId, encodeMessage, labelled } from '@veche/protocol'
import {
  PasswordStatementSchema,
  RecoveryStatementSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { openAccount } from './account-secret.ts'
import type { Member } from './member.ts'
import { finishPassword } from './new-credentials.ts'
import { startRegistration } from './opaque.ts'
import type { PasswordProof } from './password-proof.ts'
import { type RecoveryCode, verifierOf } from './recovery-code.ts'
import type { TrustedServer } from './server-trust.ts'

/** @throws RefusedError, UnreachableError: then either password may hold */
export async function changePassword(
  { server: { accounts } }: Member,
  { identityKey, opaquePublicKey }: TrustedServer,
  { token, account }: PasswordProof,
  newPassword: string,
): Promise<void> {
  const exchange = await startRegistration(newPassword)
  const { changeToken, opaqueResponse } = await accounts.startPasswordChange({
    loginToken: token,
    opaqueRequest: exchange.request,
  })
  const password = await finishPassword(exchange, opaqueResponse, opaquePublicKey, account)
  const accountId = AccountId.toBytes(account.accountId)
  const statement = encodeMessage(
    PasswordStatementSchema,
    create(PasswordStatementSchema, { accountId, changeToken, password }),
  )
  const signature = await account.sign(labelled('veche password change proof v1', identityKey, statement))
  await accounts.changePassword({ statement, signature })
}

/** A recovery onto the device that is in already. @throws as `changePassword` */
export async function resetPassword(
  { profile, server: { accounts } }: Member,
  { identityKey, opaquePublicKey }: TrustedServer,
  code: RecoveryCode,
  newPassword: string,
): Promise<void> {
  const exchange = await startRegistration(newPassword)
  const { recoveryToken, accountId, recoveryWrap, opaqueResponse } = await accounts.startRecovery({
    handle: profile.handle,
    verifier: verifierOf(code),
    opaqueRequest: exchange.request,
  })
  const account = await openAccount(accountId, recoveryWrap, code.bytes, 'veche recovery wrap v1')
  try {
    const statement = encodeMessage(
      RecoveryStatementSchema,
      create(RecoveryStatementSchema, {
        recoveryToken,
        password: await finishPassword(exchange, opaqueResponse, opaquePublicKey, account),
        deviceCertificate: profile.certificate,
        deviceSignatureKey: profile.signaturePublicKey,
      }),
    )
    const signature = await account.sign(labelled('veche recovery proof v1', identityKey, statement))
    await accounts.finishRecovery({ statement, signature })
  } finally {
    account.wipe()
  }
}
