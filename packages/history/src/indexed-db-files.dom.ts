/**
 * Files of a profile in a browser, in IndexedDB. Every change is one transaction that the browser has synced when it resolves
 * (`durability: 'strict'`), so a file is whole or old after a crash.
 *
 * A file is a record of its size, and chunks keyed by path and offset that cover it without gaps. Appends go into the last
 * chunk while it is small, so that a file of many appends is read in few pieces. Nothing can be overwritten here: what is
 * removed is only deleted, and the browser's store keeps its old bytes until it compacts itself.
 */
import { concatBytes } from '@veche/protocol'
import { ensurePath, type Files, NoSpaceError } from './files.ts'
import { completionOf, resultOf } from './indexed-db.dom.ts'

interface Extent {
  readonly bytes: number
  /** Offset of the last chunk. */
  readonly last: number
}

const EXTENTS = 'extents'
const CHUNKS = 'chunks'
/** An append into a chunk writes the whole chunk again. */
const GROWING_CHUNK_BYTES = 16 * 1024

export class IndexedDbFiles implements Files {
  readonly #database: IDBDatabase

  /** @param name of the database, which is made when there is none */
  static async open(name: string): Promise<IndexedDbFiles> {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      for (const store of [EXTENTS, CHUNKS]) request.result.createObjectStore(store)
    }
    const database = await resultOf(request)
    // Who removes the profile is not held up by whoever still has it open.
    database.onversionchange = () => database.close()
    return new IndexedDbFiles(database)
  }

  private constructor(database: IDBDatabase) {
    this.#database = database
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return this.readRange(path, 0, Number.MAX_SAFE_INTEGER)
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    ensurePath(path)
    return this.#transact('readonly', async (extents, chunks) => {
      const extent = await extentOf(extents, path)
      if (extent === undefined) return undefined
      const end = Math.min(offset + length, extent.bytes)
      if (end <= offset) return new Uint8Array()
      const start = await startOfChunkAt(chunks, path, offset)
      const range = IDBKeyRange.bound([path, start], [path, end], false, true)
      const found = concatBytes(...(await resultOf<Uint8Array[]>(chunks.getAll(range))))
      return found.slice(offset - start, end - start)
    })
  }

  async size(path: string): Promise<number | undefined> {
    ensurePath(path)
    return this.#transact('readonly', async (extents) => (await extentOf(extents, path))?.bytes)
  }

  async list(folder: string): Promise<string[]> {
    if (folder !== '') ensurePath(folder)
    const prefix = folder === '' ? '' : `${folder}/`
    return this.#transact('readonly', async (extents) => {
      const range = IDBKeyRange.bound(prefix, `${prefix}\uffff`)
      const paths = (await resultOf(extents.getAllKeys(range))) as string[]
      return paths
        .map((path) => path.slice(prefix.length))
        .filter((name) => !name.includes('/'))
        .sort()
    })
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    ensurePath(path)
    await this.#transact('readwrite', async (extents, chunks) => {
      const { bytes: size, last } = (await extentOf(extents, path)) ?? { bytes: 0, last: 0 }
      const grows = size - last + bytes.length <= GROWING_CHUNK_BYTES
      const at = grows ? last : size
      const before =
        grows && size > last ? await resultOf<Uint8Array>(chunks.get([path, at])) : new Uint8Array()
      if (bytes.length > 0) chunks.put(concatBytes(before, bytes), [path, at])
      extents.put({ bytes: size + bytes.length, last: at } satisfies Extent, path)
    })
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    ensurePath(path)
    await this.#transact('readwrite', async (extents, chunks) => {
      chunks.delete(allOf(path))
      if (bytes.length > 0) chunks.put(bytes.slice(), [path, 0])
      extents.put({ bytes: bytes.length, last: 0 } satisfies Extent, path)
    })
  }

  async replaceSecret(path: string, bytes: Uint8Array): Promise<void> {
    await this.replace(path, bytes)
  }

  async removeUnfinished(path: string): Promise<void> {
    ensurePath(path) // a replacement is there or not
  }

  async truncate(path: string, length: number): Promise<void> {
    ensurePath(path)
    await this.#transact('readwrite', async (extents, chunks) => {
      const extent = await extentOf(extents, path)
      if (extent === undefined) throw new RangeError('there is no such file')
      if (length >= extent.bytes) return
      const last = length === 0 ? 0 : await startOfChunkAt(chunks, path, length - 1)
      const kept = length === 0 ? undefined : await resultOf<Uint8Array>(chunks.get([path, last]))
      chunks.delete(IDBKeyRange.bound([path, last], [path, []]))
      if (kept) chunks.put(kept.slice(0, length - last), [path, last])
      extents.put({ bytes: length, last } satisfies Extent, path)
    })
  }

  async overwriteAndRemove(path: string): Promise<void> {
    ensurePath(path)
    await this.#transact('readwrite', async (extents, chunks) => {
      chunks.delete(allOf(path))
      extents.delete(path)
    })
  }

  close(): void {
    this.#database.close()
  }

  async #transact<T>(
    mode: 'readonly' | 'readwrite',
    act: (extents: IDBObjectStore, chunks: IDBObjectStore) => Promise<T>,
  ): Promise<T> {
    const transaction = this.#database.transaction([EXTENTS, CHUNKS], mode, { durability: 'strict' })
    const done = completionOf(transaction)
    try {
      const result = await act(transaction.objectStore(EXTENTS), transaction.objectStore(CHUNKS))
      await done
      return result
    } catch (error) {
      done.catch(() => {}) // the first failure is what the caller can act on
      throw error instanceof DOMException && error.name === 'QuotaExceededError'
        ? new NoSpaceError('no space left', { cause: error })
        : error
    }
  }
}

/** The chunk that the byte at an offset within the file is in. */
async function startOfChunkAt(chunks: IDBObjectStore, path: string, offset: number): Promise<number> {
  const range = IDBKeyRange.bound([path, 0], [path, offset])
  const cursor = await resultOf(chunks.openKeyCursor(range, 'prev'))
  return cursor ? (cursor.key as [string, number])[1] : 0
}

function extentOf(extents: IDBObjectStore, path: string): Promise<Extent | undefined> {
  return resultOf(extents.get(path) as IDBRequest<Extent | undefined>)
}

/** An array is greater than every number. */
function allOf(path: string): IDBKeyRange {
  return IDBKeyRange.bound([path, 0], [path, []])
}
