/**
 * The service's own secrets, in its own table, sealed under the server's master key: a copy of the database alone
 * gives none of them.
 */
import { utf8 } from '@veche/protocol'
import type { DataKey, Queryable, Sealing } from '@veche/service-kit'
import { findSecret, insertSecret, replaceSecret } from '../database/server-secrets.ts'

const PURPOSE = 'accounts secrets'
const DATA_KEY = 'data-key'

export class SealedSecrets {
  readonly #database: Queryable
  readonly #sealing: Sealing
  readonly #key: DataKey

  /** @throws DecodeError where the master key is not the one that the database was sealed with. */
  static async open(database: Queryable, sealing: Sealing): Promise<SealedSecrets> {
    const wrapped = await ensureStored(database, DATA_KEY, () => sealing.newDataKey(PURPOSE, utf8(DATA_KEY)))
    return new SealedSecrets(database, sealing, sealing.openDataKey(PURPOSE, utf8(DATA_KEY), wrapped))
  }

  private constructor(database: Queryable, sealing: Sealing, key: DataKey) {
    this.#database = database
    this.#sealing = sealing
    this.#key = key
  }

  /** The secret of this name; made and stored when it is absent. Of several that make it at once, one wins. */
  async ensure(name: string, create: () => Uint8Array): Promise<Uint8Array> {
    const sealed = await ensureStored(this.#database, name, () => this.#seal(name, create()))
    return this.#open(name, sealed)
  }

  async find(name: string): Promise<Uint8Array | undefined> {
    const sealed = await findSecret(this.#database, name)
    return sealed && this.#open(name, sealed)
  }

  async replace(name: string, secret: Uint8Array): Promise<void> {
    await replaceSecret(this.#database, name, this.#seal(name, secret))
  }

  #seal(name: string, secret: Uint8Array): Uint8Array {
    return this.#sealing.seal(this.#key, utf8(name), secret)
  }

  #open(name: string, sealed: Uint8Array): Uint8Array {
    return this.#sealing.open(this.#key, utf8(name), sealed)
  }
}

async function ensureStored(
  database: Queryable,
  name: string,
  create: () => Uint8Array,
): Promise<Uint8Array> {
  const stored = await findSecret(database, name)
  if (stored !== undefined) return stored
  const created = create()
  if (await insertSecret(database, name, created)) return created
  return (await findSecret(database, name))! // another process was first; none is ever deleted
}
