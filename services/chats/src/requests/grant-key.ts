/**
 * The key that signs grants: the proof to accounts that its owner accepted to be written to, so that key packages
 * may be claimed (A14). Made at the first start, sealed under the master key, the same in every process.
 */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { AccountId, concatBytes, encodeMessage, labelled, utf8 } from '@veche/protocol'
import { KeyPackageGrantSchema } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { DataKeys, type Queryable, type Sealing } from '@veche/service-kit'
import { GRANT_LASTS_MS } from '../limits.ts'

const NAME = 'key package grant key'
const GRANT_ID_BYTES = 16
/** PrivateKeyInfo of an Ed25519 seed (RFC 8410 section 7) up to the seed itself. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

export class GrantKey {
  readonly #privateKey: KeyObject

  /** @param seed 32 bytes */
  constructor(seed: Uint8Array) {
    const key = Buffer.concat([PKCS8_PREFIX, seed])
    this.#privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' })
  }

  /** 32 bytes, Ed25519. */
  get publicKey(): Uint8Array {
    const spki = createPublicKey(this.#privateKey).export({ format: 'der', type: 'spki' })
    return Uint8Array.from(spki.subarray(-32))
  }

  /** Permits `requester` to claim key packages of `target`, for ten minutes. */
  grant(requester: AccountId, target: AccountId, nowMs: number): Uint8Array {
    const grant = encodeMessage(
      KeyPackageGrantSchema,
      create(KeyPackageGrantSchema, {
        requesterId: AccountId.toBytes(requester),
        targetId: AccountId.toBytes(target),
        grantId: randomBytes(GRANT_ID_BYTES),
        expiresAtMs: BigInt(nowMs + GRANT_LASTS_MS),
      }),
    )
    return concatBytes(grant, sign(null, labelled('veche key package grant v1', grant), this.#privateKey))
  }
}

/**
 * The key as it is stored; of several first starts at once, one makes it. It is kept as a data key, which is just what a
 * seed must be: 32 random bytes. It encrypts nothing, and is not replaced with the keys that do.
 */
export async function openGrantKey(database: Queryable, sealing: Sealing): Promise<GrantKey> {
  const { key } = await new DataKeys(sealing, NAME, { replaced: false }).ensure(database, utf8(NAME))
  return new GrantKey(key)
}
