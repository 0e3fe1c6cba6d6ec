/**
 * A file that is there whole or not at all: it is written beside its place under another name, and gets its own once all
 * of it is on the disk. A program that is killed may leave the other file behind, and never half of this one.
 */
import { randomBytes } from 'node:crypto'
import { type FileHandle, link, lstat, open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { WriteBytes } from '@veche/history'

/** What file systems say that know no links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

export type NewFile<T> = { readonly kind: 'written'; readonly value: T } | { readonly kind: 'present' }

export interface NewFileOptions {
  /** Whether it may take the place of a file that is there. */
  readonly replace?: boolean
  /** For tests: called at every point at which a program may die. */
  readonly onStep?: (name: string) => void
}

/**
 * Writes a file that only this user may read. @returns `present` where something is there already and may not be replaced
 * @throws what `fill` and the file system throw: nothing has changed then
 */
export async function writeNewFile<T>(
  path: string,
  fill: (write: WriteBytes) => Promise<T>,
  { replace = false, onStep = () => {} }: NewFileOptions = {},
): Promise<NewFile<T>> {
  if (!replace && (await isThere(path))) return { kind: 'present' }
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.part`)
  const file = await open(beside, 'wx', 0o600)
  try {
    const value = await writeAll(file, fill)
    onStep('file: synced')
    if (!(await settle(beside, path, replace))) return { kind: 'present' }
    onStep('file: named')
    await syncFolder(dirname(path))
    return { kind: 'written', value }
  } finally {
    await unlink(beside).catch(() => {}) // it has its own name by now, or is to go
  }
}

async function writeAll<T>(file: FileHandle, fill: (write: WriteBytes) => Promise<T>): Promise<T> {
  try {
    const value = await fill(async (bytes) => {
      for (let written = 0; written < bytes.length; ) {
        written += (await file.write(bytes, written, bytes.length - written)).bytesWritten
      }
    })
    await file.sync()
    return value
  } finally {
    await file.close()
  }
}

/** A link, unlike a new name, is never made over what came there meanwhile. */
async function settle(beside: string, path: string, replace: boolean): Promise<boolean> {
  if (!replace) {
    try {
      await link(beside, path)
      return true
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return false
      if (!NO_LINKS.has(codeOf(error))) throw error
      if (await isThere(path)) return false
    }
  }
  await rename(beside, path)
  return true
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    (error) => {
      if (codeOf(error) === 'ENOENT') return false
      throw error
    },
  )
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return // it cannot open a folder as a file, and journals its names by itself
  await using folder = await open(path)
  await folder.sync()
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
