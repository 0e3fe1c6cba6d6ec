/**
 * The file of the key ring. It is replaced, never written in place: whoever reads it finds the ring of before or the
 * ring of after, also after a crash at any point.
 */
import { randomBytes } from 'node:crypto'
import { chmod, type FileHandle, link, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { KeyRing, MasterKeyError, maxRingBytes } from './key-ring.ts'

/**
 * Reads the ring; makes one of a single key, readable by its owner alone, when the file is absent.
 * @param mayCreate false where there is data already that another key has sealed. True by default.
 * @throws MasterKeyError
 */
export async function readKeyRing(file: string, { mayCreate = true } = {}): Promise<KeyRing> {
  for (let attempt = 1; ; attempt++) {
    const present = await readIfPresent(file)
    if (present === undefined && !mayCreate) throw new MasterKeyError('the master key file is missing')
    if (present === undefined) {
      await createKeyRing(file)
      continue
    }
    try {
      return KeyRing.decode(present.text)
    } catch (error) {
      // Replaced, and the old one overwritten, while it was being read.
      if (attempt === 3 || (await inodeOf(file)) === present.inode) throw error
    }
  }
}

/**
 * Puts another ring in the file's place, with its owner and mode, and overwrites the bytes of the old one.
 * @throws NodeJS.ErrnoException where this user may not: the file is as it was
 */
export async function replaceKeyRing(path: string, ring: KeyRing): Promise<void> {
  const file = await realpath(path) // an operator's file may be a link to the real one
  await using old = await open(file, 'r+')
  const { uid, gid, mode, size } = await old.stat()
  const draft = await writeDraft(file, ring, async (handle) => {
    await handle.chmod(mode & 0o700)
    if (process.getuid?.() === 0) await handle.chown(uid, gid)
  })
  try {
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncFolder(dirname(file))
  if ((await old.stat()).nlink > 0) return // a copy that somebody keeps under another name
  await old.write(randomBytes(size), 0, size, 0)
  await old.sync()
}

async function readIfPresent(file: string): Promise<{ text: string; inode: bigint } | undefined> {
  try {
    await using handle = await open(file, 'r')
    const { mode, size, ino } = await handle.stat({ bigint: true })
    if (size > maxRingBytes + 1) throw new MasterKeyError('the master key file is too large')
    if (process.platform !== 'win32' && (mode & 0o077n) !== 0n) {
      throw new MasterKeyError('the master key file must be readable by its owner alone (chmod 600)')
    }
    return { text: await handle.readFile('utf8'), inode: ino }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function inodeOf(file: string): Promise<bigint> {
  return (await stat(file, { bigint: true })).ino
}

/** Synced under another name, then linked: the file is whole or absent, and of two makers one wins. */
async function createKeyRing(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = await writeDraft(file, KeyRing.of([randomBytes(32)]))
  try {
    await chmod(draft, 0o600)
    await link(draft, file)
    await syncFolder(dirname(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft)
  }
}

async function writeDraft(
  file: string,
  ring: KeyRing,
  prepare: (handle: FileHandle) => Promise<void> = async () => {},
): Promise<string> {
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await using handle = await open(draft, 'wx', 0o600)
  try {
    await prepare(handle)
    await handle.writeFile(ring.encode())
    await handle.sync()
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  return draft
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}
