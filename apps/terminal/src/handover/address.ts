/** Where the process that has a profile can be reached by another of the same person. */
import { createHash } from 'node:crypto'
import { lstat, mkdir, realpath } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'

/** `sun_path` without its final NUL on macOS; Linux has four bytes more. */
const maxSocketPathBytes = 103

export interface Surroundings {
  readonly platform: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly temporaryFolder: string
  /** The user's id; -1 where the platform has none. */
  readonly uid: number
}

/**
 * A Unix socket in the profile, whose folder nobody else can enter. Where that path is too long for a socket, a
 * name derived from it in a folder of the user's own; on Windows a named pipe.
 * @returns undefined where there is no safe place: commands then cannot be handed over.
 */
export async function socketAddress(profile: string, around: Surroundings): Promise<string | undefined> {
  const folder = await realpath(profile)
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 32)
  if (around.platform === 'win32') return `\\\\.\\pipe\\veche-${name}`
  const inProfile = join(folder, 'socket')
  if (fitsSocket(inProfile)) return inProfile
  const base = around.env.XDG_RUNTIME_DIR
  const runtime = join(
    base !== undefined && isAbsolute(base) ? base : around.temporaryFolder,
    `veche-${around.uid}`,
  )
  const short = join(runtime, name)
  return fitsSocket(short) && (await isOwnFolder(runtime, around.uid)) ? short : undefined
}

function fitsSocket(path: string): boolean {
  return Buffer.byteLength(path) <= maxSocketPathBytes
}

/** The temporary folder is everybody's: what stands there under our name may be somebody else's trap. */
async function isOwnFolder(path: string, uid: number): Promise<boolean> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const stats = await lstat(path)
  return stats.isDirectory() && stats.uid === uid && (stats.mode & 0o077) === 0
}
