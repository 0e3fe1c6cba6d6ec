import type { SealedSecrets } from './sealed-secrets.ts'

const NAME = 'grant-key'

/** Trusts the key by which chats signs grants, in place of the one before. 32 bytes, Ed25519. */
export async function storeGrantKey(secrets: SealedSecrets, publicKey: Uint8Array): Promise<void> {
  await secrets.replace(NAME, publicKey)
}

/** Read each time: another process of this service may have been told of a new one. */
export async function findGrantKey(secrets: SealedSecrets): Promise<Uint8Array | undefined> {
  return secrets.find(NAME)
}
