/**
 * Files of a profile on a real file system. Folders are 0700, files 0600. A file being replaced is written beside
 * the old one as `NAME~`, a name that no path can have; what a crash leaves of it is written over by the next
 * `replace` and is never listed.
 */
import { constants } from 'node:fs'
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rmdir,
  stat,
  unlink,
} from 'node:fs/promises'
import { join } from 'node:path'
import { ensurePath, type Files, folderOf, NoSpaceError } from './files.ts'

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } = constants

export class NodeFiles implements Files {
  readonly #root: string

  /** @param root made when there is none; its parent must exist or be makeable */
  constructor(root: string) {
    this.#root = root
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const bytes = await ifPresent(readFile(this.#resolve(path)))
    return bytes && new Uint8Array(bytes)
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    const file = await ifPresent(open(this.#resolve(path), O_RDONLY))
    if (file === undefined) return undefined
    try {
      return await readFully(file, offset, length)
    } finally {
      await file.close()
    }
  }

  async size(path: string): Promise<number | undefined> {
    return (await ifPresent(stat(this.#resolve(path))))?.size
  }

  async list(folder: string): Promise<string[]> {
    const found = await ifPresent(
      readdir(folder === '' ? this.#root : this.#resolve(folder), { withFileTypes: true }),
    )
    return (found ?? [])
      .filter((each) => each.isFile() && !each.name.endsWith('~'))
      .map((each) => each.name)
      .sort()
  }

  async append(path: string, bytes: Uint8Array): Promise<void> {
    const { file, isNew } = await this.#openToAppend(path)
    try {
      const { size } = await file.stat()
      await undoing(
        () => writeDurably(file, bytes),
        () => (isNew ? unlink(this.#resolve(path)) : cut(file, size)),
      )
    } finally {
      await file.close()
    }
    if (isNew) await this.#syncFolder(path)
  }

  async replace(path: string, bytes: Uint8Array): Promise<void> {
    const target = this.#resolve(path)
    const beside = `${target}~`
    await this.#makeFolder(path)
    await undoing(
      async () => {
        const file = await open(beside, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try {
          await writeDurably(file, bytes)
        } finally {
          await file.close()
        }
        await rename(beside, target)
      },
      () => unlink(beside),
    )
    await this.#syncFolder(path)
  }

  async replaceSecret(path: string, bytes: Uint8Array): Promise<void> {
    // Windows replaces no file that is open.
    const old = process.platform === 'win32' ? undefined : await ifPresent(open(this.#resolve(path), O_RDWR))
    try {
      await this.replace(path, bytes)
      if (old !== undefined) await overwrite(old)
    } finally {
      await old?.close()
    }
  }

  async truncate(path: string, length: number): Promise<void> {
    const file = await open(this.#resolve(path), O_RDWR)
    try {
      await cut(file, length)
    } finally {
      await file.close()
    }
  }

  async overwriteAndRemove(path: string): Promise<void> {
    if (!(await removeOverwritten(this.#resolve(path)))) return
    await this.#syncFolder(path)
    await this.#removeFolderIfEmpty(path)
  }

  async removeUnfinished(path: string): Promise<void> {
    if (await removeOverwritten(`${this.#resolve(path)}~`)) await this.#syncFolder(path)
  }

  async #openToAppend(path: string): Promise<{ file: FileHandle; isNew: boolean }> {
    const target = this.#resolve(path)
    const existing = await ifPresent(open(target, O_RDWR | O_APPEND))
    if (existing !== undefined) return { file: existing, isNew: false }
    await this.#makeFolder(path)
    return { file: await open(target, O_RDWR | O_APPEND | O_CREAT | O_EXCL, 0o600), isNew: true }
  }

  async #makeFolder(path: string): Promise<void> {
    const made = await mkdir(join(this.#root, folderOf(path)), { recursive: true, mode: 0o700 })
    if (made !== undefined && folderOf(path) !== '') await this.#syncFolder(folderOf(path))
  }

  async #removeFolderIfEmpty(path: string): Promise<void> {
    const folder = folderOf(path)
    if (folder === '') return
    // Any other file in it keeps the folder, which is what is wanted.
    await rmdir(join(this.#root, folder)).catch(() => undefined)
  }

  async #syncFolder(path: string): Promise<void> {
    // Windows cannot open a folder as a file; NTFS journals its names by itself.
    if (process.platform === 'win32') return
    const folder = await open(join(this.#root, folderOf(path)), O_RDONLY)
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }

  #resolve(path: string): string {
    ensurePath(path)
    return join(this.#root, path)
  }
}

/** @returns false where there is no such file */
async function removeOverwritten(target: string): Promise<boolean> {
  const file = await ifPresent(open(target, O_RDWR))
  if (file === undefined) return false
  try {
    await overwrite(file)
  } finally {
    await file.close()
  }
  await unlink(target)
  return true
}

async function overwrite(file: FileHandle): Promise<void> {
  const { size } = await file.stat()
  await file.write(new Uint8Array(size), 0, size, 0)
  await file.sync()
}

async function writeDurably(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await file.write(bytes, written, bytes.length - written)).bytesWritten
  }
  await file.sync()
}

async function cut(file: FileHandle, length: number): Promise<void> {
  await file.truncate(length)
  await file.sync()
}

async function readFully(file: FileHandle, offset: number, length: number): Promise<Uint8Array> {
  const { size } = await file.stat()
  const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, offset + done)
    if (bytesRead === 0) return bytes.subarray(0, done)
    done += bytesRead
  }
  return bytes
}

/** Runs `act`; when it fails, `undo`, and says what went wrong first. */
async function undoing(act: () => Promise<void>, undo: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (cause) {
    // The first failure is what the caller can act on; the port tells it to look at the size after one.
    await undo().catch(() => undefined)
    throw isCode(cause, 'ENOSPC') || isCode(cause, 'EDQUOT')
      ? new NoSpaceError('no space left', { cause })
      : cause
  }
}

async function ifPresent<T>(operation: Promise<T>): Promise<T | undefined> {
  try {
    return await operation
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined
    throw cause
  }
}

function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && 'code' in cause && cause.code === code
}
