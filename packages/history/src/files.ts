/**
 * Where a device keeps bytes: the port of every file of a profile. Adapters: `MemoryFiles`, `NodeFiles`, `IndexedDbFiles`.
 *
 * A path is lower-case: `[a-z0-9._-]` in segments parted by `/`, no segment starting with a dot. Folders come
 * with their first file and go with their last. One caller at a time works on one path; the port does not queue.
 *
 * Every promise that resolves means: it survives a power cut. A rejected `append`, `replace` or `truncate`
 * left the file as it was, unless the device failed a second time while undoing: a caller that goes on after a
 * rejection looks at `size` first.
 */
export interface Files {
  /** The whole file; undefined when there is none. */
  read(path: string): Promise<Uint8Array | undefined>
  /** At most `length` bytes from `offset`, fewer at the end of the file; undefined when there is none. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined>
  /** In bytes; undefined when there is no such file. */
  size(path: string): Promise<number | undefined>
  /** Names of the files right in a folder, sorted; none when there is no folder. `''` is the root. */
  list(folder: string): Promise<string[]>
  /** Makes the file when there is none. A crash leaves any prefix of `bytes`. @throws NoSpaceError */
  append(path: string, bytes: Uint8Array): Promise<void>
  /** The whole file anew. A crash leaves the old one or the new one. @throws NoSpaceError */
  replace(path: string, bytes: Uint8Array): Promise<void>
  /** As `replace`, and the old file's bytes are overwritten with zeros: best effort, as `overwriteAndRemove`. */
  replaceSecret(path: string, bytes: Uint8Array): Promise<void>
  /** Overwrites and removes what a crash left of a replacement of this file: bytes that nobody was told of. */
  removeUnfinished(path: string): Promise<void>
  /** Cuts the file down to `length` bytes. */
  truncate(path: string, length: number): Promise<void>
  /**
   * Overwrites the file's bytes with zeros and removes it; nothing happens when there is none. Best effort: a
   * copy-on-write file system or a flash drive may keep the old bytes, and the threat model counts on nothing more.
   */
  overwriteAndRemove(path: string): Promise<void>
}

/** The disk or its quota is full. What was stored before is untouched. */
export class NoSpaceError extends Error {
  override readonly name = 'NoSpaceError'
}

/** @throws RangeError */
export function ensurePath(path: string): void {
  if (!/^[a-z0-9_-][a-z0-9._-]*(\/[a-z0-9_-][a-z0-9._-]*)*$/.test(path)) {
    throw new RangeError('a path has segments of a-z, 0-9, dot, line and underscore')
  }
}

/** The folder of a path, `''` for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
