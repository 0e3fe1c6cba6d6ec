/**
 * Files in memory that can fail as a disk does: for tests. Every operation is made of the steps a file system
 * takes (write, sync, rename, unlink, sync of the folder); a step changes what a running program sees, and only
 * the syncs change what survives. `stopAfter` ends the program's life between two steps; `afterCrash` gives what
 * a restarted one finds.
 */
import { concatBytes, equalBytes } from '@veche/protocol'
import { ensurePath, type Files, folderOf, NoSpaceError } from './files.ts'

/** What became of the bytes that were written and not yet synced. */
export type Unsynced = 'lost' | 'torn' | 'kept'

/** The program's life ended here: nothing done with these files succeeds any more. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

export class MemoryFiles implements Files {
  /** Steps taken so far. */
  steps = 0
  /** The step that no longer happens; by default none. */
  stopAfter = Number.POSITIVE_INFINITY
  /** How many bytes all files together may hold; by default without limit. */
  capacityBytes = Number.POSITIVE_INFINITY

  /** What a running program sees. */
  readonly #seen = new Map<string, Uint8Array>()
  /** What survives for certain. */
  readonly #durable = new Map<string, Uint8Array>()
  /** Paths whose name changed hands by rename, and so will be wholly old or wholly new. */
  readonly #renamed = new Set<string>()

  /** The files a program finds that starts after this one was stopped or lost power. */
  afterCrash(unsynced: Unsynced): MemoryFiles {
    const found = new MemoryFiles()
    for (const path of new Set([...this.#seen.keys(), ...this.#durable.keys()])) {
      const content = this.#survivor(path, unsynced)
      if (content === undefined) continue
      found.#seen.set(path, content)
      found.#durable.set(path, content)
    }
    return found
  }

  /** Every file with its content, as a running program sees it: to be compared or damaged by a test. */
  snapshot(): Map<string, Uint8Array> {
    return new Map([...this.#seen].map(([path, content]) => [path, content.slice()]))
  }

  static from(snapshot: ReadonlyMap<string, Uint8Array>): MemoryFiles {
    const files = new MemoryFiles()
    for (const [path, content] of snapshot) {
      files.#seen.set(path, content.slice())
      files.#durable.set(path, content.slice())
    }
    return files
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    ensurePath(path)
    this.#ensureAlive()
    return this.#seen.get(path)?.slice()
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return (await this.read(path))?.slice(offset, offset + length)
  }

  async size(path: string): Promise<number | undefined> {
    return (await this.read(path))?.length
  }

  async list(folder: string): Promise<string[]> {
    if (folder !== '') ensurePath(folder)
    this.#ensureAlive()
    return [...this.#seen.keys()]
      .filter((path) => folderOf(path) === folder && !path.endsWith('~'))
      .map((path) => path.slice(folder === '' ? 0 : folder.length + 1))
      .sort()
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    ensurePath(path)
    const before = this.#seen.get(path) ?? new Uint8Array()
    this.#ensureSpace(bytes.length)
    this.#step(() => this.#seen.set(path, concatBytes(before, bytes)))
    this.#step(() => this.#sync(path))
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    ensurePath(path)
    const beside = `${path}~`
    this.#ensureSpace(bytes.length - (this.#seen.get(beside)?.length ?? 0))
    this.#step(() => this.#seen.set(beside, bytes.slice()))
    this.#step(() => this.#sync(beside))
    this.#step(() => {
      this.#seen.set(path, bytes.slice())
      this.#seen.delete(beside)
      this.#renamed.add(path)
    })
    this.#step(() => {
      this.#sync(path)
      this.#sync(beside)
    })
  }

  async replaceSecret(path: string, bytes: Uint8Array): Promise<void> {
    await this.replace(path, bytes)
  }

  async removeUnfinished(path: string): Promise<void> {
    ensurePath(path)
    const beside = `${path}~`
    this.#ensureAlive()
    if (!this.#seen.has(beside)) return
    this.#step(() => this.#seen.delete(beside))
    this.#step(() => this.#sync(beside))
  }

  async truncate(path: string, length: number): Promise<void> {
    ensurePath(path)
    this.#step(() => this.#seen.set(path, this.#seen.get(path)!.slice(0, length)))
    this.#step(() => this.#sync(path))
  }

  async overwriteAndRemove(path: string): Promise<void> {
    ensurePath(path)
    const before = this.#seen.get(path)
    this.#ensureAlive()
    if (before === undefined) return
    this.#step(() => this.#seen.set(path, new Uint8Array(before.length)))
    this.#step(() => this.#sync(path))
    this.#step(() => this.#seen.delete(path))
    this.#step(() => this.#sync(path))
  }

  #step(act: () => void): void {
    this.#ensureAlive()
    this.steps++
    act()
  }

  #ensureAlive(): void {
    if (this.steps >= this.stopAfter) throw new Stopped('the program was stopped')
  }

  #ensureSpace(bytes: number): void {
    this.#ensureAlive()
    const held = [...this.#seen.values()].reduce((sum, content) => sum + content.length, 0)
    if (held + bytes > this.capacityBytes) throw new NoSpaceError('no space left')
  }

  #sync(path: string): void {
    const content = this.#seen.get(path)
    if (content === undefined) this.#durable.delete(path)
    else this.#durable.set(path, content)
    this.#renamed.delete(path)
  }

  #survivor(path: string, unsynced: Unsynced): Uint8Array | undefined {
    const seen = this.#seen.get(path)
    const durable = this.#durable.get(path)
    if (unsynced === 'kept') return seen
    if (unsynced === 'lost' || seen === undefined || this.#renamed.has(path)) return durable
    return half(durable ?? new Uint8Array(), seen)
  }
}

/** What is left when half of the difference reached the disk. */
function half(before: Uint8Array, after: Uint8Array): Uint8Array {
  if (after.length < before.length) return before
  const kept = equalBytes(before, after.subarray(0, before.length)) ? before.length : 0
  const reached = kept + Math.floor((after.length - kept) / 2)
  return concatBytes(after.subarray(0, reached), before.subarray(reached))
}
