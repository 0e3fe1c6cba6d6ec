/** Writes the file of the hosts: one process at a time, whole or not at all, and durable when it resolves. */
import { constants, type Stats } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lockFile } from '@veche/service-kit'
import type { Host } from './host.ts'
import { encodeHosts, HostsFileError, maxFileBytes, readHosts } from './hosts-file.ts'

const lockTimeoutMs = 5_000

/**
 * Gives the hosts to `change`, and writes what it leaves; where it throws, nothing is written.
 * @throws HostsFileError
 */
export async function changeHosts<T>(file: string, change: (hosts: Map<string, Host>) => T): Promise<T> {
  try {
    return await changeLocked(file, change)
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    throw syscall === undefined ? error : new HostsFileError(`it cannot be written (${code})`)
  }
}

async function changeLocked<T>(file: string, change: (hosts: Map<string, Host>) => T): Promise<T> {
  const folder = dirname(file)
  const owner = await ownerOf([file, folder, dirname(folder)])
  await makeFolder(folder, owner)
  using _lock = await lock(`${file}.lock`, owner)
  const hosts = new Map(await readHosts(file))
  const result = change(hosts)
  await replaceFile(file, encodeHosts(hosts), owner)
  return result
}

/** Of the first of these that is there: a command that root runs leaves the file to the one whom the server runs as. */
async function ownerOf(paths: readonly string[]): Promise<Stats | undefined> {
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined)
    if (found !== undefined) return found
  }
  return undefined
}

async function makeFolder(folder: string, owner: Stats | undefined): Promise<void> {
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) === undefined) return
  // By its handle and never through a link: what root gives away must be what was made here.
  await using handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  await own(handle, owner)
}

async function lock(file: string, owner: Stats | undefined): Promise<Disposable> {
  await makeFile(file, owner).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const deadlineMs = performance.now() + lockTimeoutMs
  for (;;) {
    const taken = lockFile(file)
    if (taken !== undefined) return taken
    if (performance.now() > deadlineMs) throw new HostsFileError('another command is changing it')
    await sleep(20)
  }
}

async function replaceFile(file: string, text: string, owner: Stats | undefined): Promise<void> {
  if (text.length > maxFileBytes) throw new HostsFileError('it would be too large')
  const draft = `${file}.new`
  try {
    await rm(draft, { force: true }) // of one that was killed: nobody else has the lock
    await makeFile(draft, owner, text)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await using folder = await open(dirname(file), 'r')
  await folder.sync()
}

/** A new one, synced. */
async function makeFile(file: string, owner: Stats | undefined, text = ''): Promise<void> {
  await using handle = await open(file, 'wx', 0o600)
  await own(handle, owner)
  await handle.writeFile(text)
  await handle.sync()
}

async function own(handle: FileHandle, owner: Stats | undefined): Promise<void> {
  if (owner !== undefined && process.getuid?.() === 0) await handle.chown(owner.uid, owner.gid)
}
