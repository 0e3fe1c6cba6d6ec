/** The account secret under a key that follows from a password or a recovery code: veche.accounts.v1.WrappedSecret. */
import { create } from '@bufbuild/protobuf'
import { AccountId, DecodeError } from '@veche/protocol'
import { type WrappedSecret, WrappedSecretSchema } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { openAesGcm, sealAesGcm } from '@veche/sync'
import { derive } from './account-keys.ts'

const VERSION = 1
export type WrapLabel = 'veche account secret wrap v1' | 'veche recovery wrap v1'

export async function wrapSecret(
  secret: Uint8Array,
  accountId: AccountId,
  input: Uint8Array,
  label: WrapLabel,
): Promise<WrappedSecret> {
  const nonce = crypto.getRandomValues(new Uint8Array(12))
  const parameters = { key: derive(input, label), nonce, associatedData: AccountId.toBytes(accountId) }
  const ciphertext = await sealAesGcm(parameters, secret)
  parameters.key.fill(0)
  return create(WrappedSecretSchema, { version: VERSION, nonce, ciphertext })
}

/** @throws DecodeError unless it was wrapped for this account with this input */
export async function unwrapSecret(
  wrapped: WrappedSecret | undefined,
  accountId: AccountId,
  input: Uint8Array,
  label: WrapLabel,
): Promise<Uint8Array> {
  if (wrapped?.version !== VERSION || wrapped.nonce.length !== 12 || wrapped.ciphertext.length !== 48) {
    throw new DecodeError('wrapped secret: malformed')
  }
  const { nonce, ciphertext } = wrapped
  const parameters = { key: derive(input, label), nonce, associatedData: AccountId.toBytes(accountId) }
  return openAesGcm(parameters, ciphertext)
}
