/**
 * A service's data keys as its tables have them. A key is made with what it belongs to, in one transaction; its id never
 * comes back, so that one once opened can be remembered whatever became of the transaction that showed it.
 */
import type { Queryable } from '../database/database.ts'
import { MasterKeyError, MissingMasterKeyError } from './key-ring.ts'
import {
  adoptMasterKey,
  type DataKeyRow,
  findCurrentDataKey,
  findDataKeys,
  insertDataKey,
  supersedeDataKey,
} from './key-tables.ts'
import type { DataKey, DataKeyId, DataKeyPlace, Sealing } from './sealing.ts'

/** Sealed bytes name a key that is gone: they were sealed anew since they were read. Read them again. */
export class DataKeyGoneError extends Error {
  override readonly name = 'DataKeyGoneError'
}

const maxRemembered = 4096

export class DataKeys {
  readonly #sealing: Sealing
  readonly #purpose: string
  readonly #replaced: boolean
  /** Owner and id → key; in order of last use. */
  readonly #remembered = new Map<string, DataKey>()

  /** @param options.replaced false for a key that is itself what is kept; rotations wrap it anew and leave it. True by default. */
  constructor(sealing: Sealing, purpose: string, { replaced = true } = {}) {
    this.#sealing = sealing
    this.#purpose = purpose
    this.#replaced = replaced
  }

  /** A new current key for an owner who has none. @throws MasterKeyError where the current master key was retired */
  async create(transaction: Queryable, owner: Uint8Array): Promise<DataKey> {
    const made = await this.#insertNew(transaction, owner)
    if (made === undefined) throw new TypeError('the owner has a data key already')
    return made
  }

  /** The owner's current key; made where there is none. Of several that make it at once, one wins. */
  async ensure(database: Queryable, owner: Uint8Array): Promise<DataKey> {
    const found = await this.current(database, owner)
    return found ?? (await this.#insertNew(database, owner)) ?? (await this.current(database, owner))!
  }

  /** The owner's current key, if it has one. */
  async current(database: Queryable, owner: Uint8Array): Promise<DataKey | undefined> {
    const row = await findCurrentDataKey(database, this.#purpose, owner)
    return row && (await this.#open(row))
  }

  /** The owner's current key, which stays the current one until the transaction ends. @throws DataKeyGoneError */
  async hold(transaction: Queryable, owner: Uint8Array): Promise<DataKey> {
    for (let attempt = 1; attempt <= 5; attempt++) {
      const row = await findCurrentDataKey(transaction, this.#purpose, owner, 'FOR SHARE')
      if (row !== undefined) return this.#open(row)
      // It was superseded while we waited for its lock: the next look sees its successor.
    }
    throw new DataKeyGoneError('the owner has no data key')
  }

  /** Keys by owner and id, in the order asked for. @throws DataKeyGoneError */
  async find(
    database: Queryable,
    wanted: readonly { readonly owner: Uint8Array; readonly id: DataKeyId }[],
  ): Promise<readonly DataKey[]> {
    const places = wanted.map((place) => ({ ...place, purpose: this.#purpose }))
    const unknown = places.filter((place) => !this.#remembered.has(nameOf(place)))
    const rows = unknown.length === 0 ? [] : await findDataKeys(database, unknown)
    const opened = new Map<string, DataKey>()
    for (const row of rows) opened.set(nameOf(row), await this.#open(row))
    return places.map((place) => {
      const name = nameOf(place)
      const key = this.#remembered.get(name) ?? opened.get(name)
      if (key === undefined) throw new DataKeyGoneError('the data key is gone')
      this.#remember(name, key)
      return key
    })
  }

  /**
   * The owner's key of the rotation that was asked for last, made where the current one is older. The caller holds
   * a lock that keeps others from sealing for this owner meanwhile.
   */
  async renew(transaction: Queryable, owner: Uint8Array): Promise<DataKey> {
    if (await supersedeDataKey(transaction, this.#purpose, owner)) await this.create(transaction, owner)
    return (await this.current(transaction, owner))!
  }

  async #insertNew(database: Queryable, owner: Uint8Array): Promise<DataKey | undefined> {
    if (!(await adoptMasterKey(database, this.#sealing.currentMasterKey))) await this.#leaveRetired(database)
    const key = this.#sealing.newDataKey(this.#purpose, owner)
    return (await insertDataKey(database, key, this.#replaced)) ? this.#open(key) : undefined
  }

  /** The file may have a newer one already. */
  async #leaveRetired(database: Queryable): Promise<void> {
    await this.#sealing.refresh()
    if (!(await adoptMasterKey(database, this.#sealing.currentMasterKey))) {
      throw new MasterKeyError('the first key of the master key file was retired')
    }
  }

  async #open(row: DataKeyRow): Promise<DataKey> {
    try {
      return this.#sealing.openDataKey(row, row.wrapped)
    } catch (error) {
      if (!(error instanceof MissingMasterKeyError)) throw error
      await this.#sealing.refresh() // wrapped anew by another process, which has seen the new file first
      return this.#sealing.openDataKey(row, row.wrapped)
    }
  }

  #remember(name: string, key: DataKey): void {
    this.#remembered.delete(name)
    this.#remembered.set(name, key)
    if (this.#remembered.size > maxRemembered) {
      this.#remembered.delete(this.#remembered.keys().next().value ?? '')
    }
  }
}

/** Does it again while the keys of what it reads are being replaced. @param read must begin with reading the sealed bytes */
export async function readingSealed<T>(read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof DataKeyGoneError) || attempt === 5) throw error
    }
  }
}

function nameOf({ owner, id }: Pick<DataKeyPlace, 'owner' | 'id'>): string {
  return `${Buffer.from(owner).toString('latin1')} ${id}`
}
