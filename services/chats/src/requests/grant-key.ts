/**
 * The key that signs grants: the proof to accounts that its owner accepted to be written to, so that key packages
 * may be claimed (A14). Made at the first start, sealed under the master key, the same in every process.
 */
import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { AccountId, concatBytes, encodeMessage, labelled, utf8 } from '@veche/protocol'
import { KeyPackageGrantSchema } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import type { Queryable, Sealing } from '@veche/service-kit'
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

/** The key as it is stored; of several first starts at once, one makes it. */
export async function openGrantKey(database: Queryable, sealing: Sealing): Promise<GrantKey> {
  const id = utf8(NAME)
  // A data key is 32 random bytes, sealed: just what the seed must be. It encrypts nothing.
  await database.query('INSERT INTO secrets (name, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    NAME,
    sealing.newDataKey(NAME, id),
  ])
  const { rows } = await database.query<{ sealed: Buffer }>('SELECT sealed FROM secrets WHERE name = $1', [
    NAME,
  ])
  return new GrantKey(sealing.openDataKey(NAME, id, rows[0]!.sealed))
}
