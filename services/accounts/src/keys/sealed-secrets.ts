/**
 * The service's own secrets, in its own table, sealed under a data key of their own: a copy of the database alone
 * gives none of them.
 */
import { utf8 } from '@veche/protocol'
import {
  type Database,
  type DataKey,
  DataKeys,
  dataKeyIdOf,
  deleteOldDataKeys,
  type Queryable,
  type Resealer,
  readingSealed,
  type Sealing,
} from '@veche/service-kit'
import { findSecret, insertSecret, listSecrets, replaceSecret } from '../database/server-secrets.ts'

const PURPOSE = 'accounts secrets'
const OWNER = utf8('data-key')

export class SealedSecrets {
  readonly #database: Database
  readonly #sealing: Sealing
  readonly #keys: DataKeys

  /** @throws DecodeError, MasterKeyError where the master keys are not those that the database was sealed with. */
  static async open(database: Database, sealing: Sealing): Promise<SealedSecrets> {
    const keys = new DataKeys(sealing, PURPOSE)
    await keys.ensure(database, OWNER)
    return new SealedSecrets(database, sealing, keys)
  }

  private constructor(database: Database, sealing: Sealing, keys: DataKeys) {
    this.#database = database
    this.#sealing = sealing
    this.#keys = keys
  }

  /** The secret of this name; made and stored when it is absent. Of several that make it at once, one wins. */
  async ensure(name: string, create: () => Uint8Array): Promise<Uint8Array> {
    const stored = await this.find(name)
    if (stored !== undefined) return stored
    await this.#store(name, create(), insertSecret)
    return (await this.find(name))! // its own, or that of another process that was first; none is ever deleted
  }

  find(name: string): Promise<Uint8Array | undefined> {
    return readingSealed(async () => {
      const sealed = await findSecret(this.#database, name)
      return sealed && this.#open(this.#database, name, sealed)
    })
  }

  async replace(name: string, secret: Uint8Array): Promise<void> {
    await this.#store(name, secret, replaceSecret)
  }

  /** There are few: all of them in one transaction. */
  readonly resealer: Resealer = {
    purpose: PURPOSE,
    reseal: () =>
      this.#database.transaction(async (transaction) => {
        const key = await this.#keys.renew(transaction, OWNER)
        for (const { name, sealed } of await listSecrets(transaction)) {
          if (dataKeyIdOf(sealed) === key.id) continue
          const secret = await this.#open(transaction, name, sealed)
          await replaceSecret(transaction, name, this.#seal(key, name, secret))
          secret.fill(0)
        }
        await deleteOldDataKeys(transaction, PURPOSE, OWNER)
      }),
  }

  /** The key is held until it is stored: nothing is put under one that is being replaced. */
  async #store(name: string, secret: Uint8Array, store: Store): Promise<void> {
    await this.#database.transaction(async (transaction) => {
      const key = await this.#keys.hold(transaction, OWNER)
      await store(transaction, name, this.#seal(key, name, secret))
    })
  }

  #seal(key: DataKey, name: string, secret: Uint8Array): Uint8Array {
    return this.#sealing.seal(key, utf8(name), secret)
  }

  async #open(database: Queryable, name: string, sealed: Uint8Array): Promise<Uint8Array> {
    const [key] = await this.#keys.find(database, [{ owner: OWNER, id: dataKeyIdOf(sealed) }])
    return this.#sealing.open(key!, utf8(name), sealed)
  }
}

type Store = (database: Queryable, name: string, sealed: Uint8Array) => Promise<unknown>
