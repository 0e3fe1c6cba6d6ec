/** New passwords and recovery codes, as the server keeps them: it can open neither. */
import { create } from '@bufbuild/protobuf'
import {
  type NewPassword,
  NewPasswordSchema,
  type NewRecoveryCode,
  NewRecoveryCodeSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { RefusedError } from '@veche/sync'
import type { OpenedAccount } from './account-secret.ts'
import { OPAQUE_VERSION, type OpaqueExchange } from './opaque.ts'
import { createRecoveryCode, verifierHash } from './recovery-code.ts'
import { wrapSecret } from './secret-wrap.ts'

/** @throws RefusedError `server_changed` where another server answered */
export async function finishPassword(
  exchange: OpaqueExchange,
  opaqueResponse: string,
  opaquePublicKey: string,
  { secret, accountId }: Pick<OpenedAccount, 'secret' | 'accountId'>,
): Promise<NewPassword> {
  const result = exchange.finish(opaqueResponse)
  if (result?.serverPublicKey !== opaquePublicKey) throw new RefusedError('server_changed')
  const passwordWrap = await wrapSecret(secret, accountId, result.exportKey, 'veche account secret wrap v1')
  result.exportKey.fill(0)
  return create(NewPasswordSchema, {
    opaqueVersion: OPAQUE_VERSION,
    opaqueRecord: result.message,
    passwordWrap,
  })
}

/** A new recovery code: its words for the owner, the rest for the server. */
export async function makeRecoveryCode({
  secret,
  accountId,
}: Pick<OpenedAccount, 'secret' | 'accountId'>): Promise<{ words: string; recoveryCode: NewRecoveryCode }> {
  const code = createRecoveryCode()
  const recoveryWrap = await wrapSecret(secret, accountId, code.bytes, 'veche recovery wrap v1')
  const recoveryVerifierHash = verifierHash(code)
  code.bytes.fill(0)
  return {
    words: code.words,
    recoveryCode: create(NewRecoveryCodeSchema, { recoveryWrap, recoveryVerifierHash }),
  }
}
