/**
 * Files as they are on a disk, whose changes stay in memory: opening a profile repairs what a crash left, and whoever
 * only looks leaves the disk as it was.
 */
import { concatBytes } from '@veche/protocol'
import { ensurePath, type Files, folderOf } from './files.ts'

export class OverlayFiles implements Files {
  readonly #disk: Pick<Files, 'read' | 'readRange' | 'size' | 'list'>
  /** Undefined for what was removed. */
  readonly #changed = new Map<string, Uint8Array | undefined>()

  constructor(disk: Pick<Files, 'read' | 'readRange' | 'size' | 'list'>) {
    this.#disk = disk
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return this.#changed.has(path) ? this.#changed.get(path)?.slice() : this.#disk.read(path)
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    if (!this.#changed.has(path)) return this.#disk.readRange(path, offset, length)
    return this.#changed.get(path)?.slice(offset, offset + length)
  }

  async size(path: string): Promise<number | undefined> {
    return this.#changed.has(path) ? this.#changed.get(path)?.length : this.#disk.size(path)
  }

  async list(folder: string): Promise<string[]> {
    const names = new Set(await this.#disk.list(folder))
    for (const [path, content] of this.#changed) {
      if (folderOf(path) !== folder) continue
      const name = path.slice(folder === '' ? 0 : folder.length + 1)
      if (content === undefined) names.delete(name)
      else names.add(name)
    }
    return [...names].sort()
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    ensurePath(path)
    this.#changed.set(path, concatBytes((await this.read(path)) ?? new Uint8Array(), bytes))
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    ensurePath(path)
    this.#changed.set(path, bytes.slice())
  }

  async replaceSecret(path: string, bytes: Uint8Array): Promise<void> {
    await this.replace(path, bytes)
  }

  /** Nothing that is unfinished is seen. */
  async removeUnfinished(): Promise<void> {}

  async truncate(path: string, length: number): Promise<void> {
    ensurePath(path)
    this.#changed.set(path, ((await this.read(path)) ?? new Uint8Array()).slice(0, length))
  }

  async overwriteAndRemove(path: string): Promise<void> {
    ensurePath(path)
    this.#changed.set(path, undefined)
  }
}
