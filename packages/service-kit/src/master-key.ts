import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** The key file is not a master key, others may read it, or it is missing. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError'
}

const keyBytes = 32

/**
 * Reads the master key (64 hexadecimal digits); makes one, readable by its owner alone, when the file is absent.
 * @param mayCreate false where there is data already that another key has sealed. True by default.
 * @throws MasterKeyError
 */
export async function readMasterKey(
  file: string,
  { mayCreate = true } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const present = await readIfPresent(file)
  if (present === undefined && !mayCreate) throw new MasterKeyError('the master key file is missing')
  const text = present ?? (await createMasterKey(file))
  if (!/^[0-9a-f]{64}\s*$/.test(text))
    throw new MasterKeyError('the master key file must hold 64 hexadecimal digits')
  return Uint8Array.from(Buffer.from(text.trim(), 'hex'))
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    await using handle = await open(file, 'r')
    const { mode, size } = await handle.stat()
    if (size > 1024) throw new MasterKeyError('the master key file must hold 64 hexadecimal digits')
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new MasterKeyError('the master key file must be readable by its owner alone (chmod 600)')
    }
    return await handle.readFile('utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Synced under another name, then linked: the file is whole or absent, and of two makers one wins. */
async function createMasterKey(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  {
    await using handle = await open(draft, 'wx', 0o600)
    await handle.writeFile(`${randomBytes(keyBytes).toString('hex')}\n`)
    await handle.sync()
  }
  try {
    await chmod(draft, 0o600)
    await link(draft, file)
    await syncFolder(dirname(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(draft)
  }
  return readFile(file, 'utf8')
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}
