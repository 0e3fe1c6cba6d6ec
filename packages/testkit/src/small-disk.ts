/**
 * A file system of a few MiB for a test to fill. It is mounted in a mount namespace of its own, as root of the machine or
 * of a user namespace, so that an ordinary user can run the test and nothing else sees it. Programs that are to see it
 * are started with `prefix`; the test itself reaches it by `path`.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'

const MIB = 1024 * 1024

export class SmallDisk implements AsyncDisposable {
  /** Where this process finds what the programs find at `mounted`. */
  readonly path: string
  /** A command line that runs the rest of itself where the disk is. */
  readonly prefix: readonly string[]
  readonly #holder: ChildProcess

  /** @param mounted an empty folder */
  static async mount(mounted: string, sizeMib: number): Promise<SmallDisk> {
    const kind = namespaces().find(isAllowed)
    if (kind === undefined)
      throw new Error('this test mounts a tmpfs: it needs util-linux and user namespaces')
    const script = `mount -t tmpfs -o size=${sizeMib}m none "$0" && echo mounted && exec cat`
    const holder = spawn('unshare', [...kind.unshare, 'sh', '-c', script, mounted], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [first] = await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])
    if (String(first).trim() !== 'mounted') throw new Error('the small disk cannot be mounted')
    return new SmallDisk(mounted, holder, kind.nsenter)
  }

  private constructor(mounted: string, holder: ChildProcess, enter: readonly string[]) {
    this.#holder = holder
    this.path = `/proc/${holder.pid}/root${mounted}`
    this.prefix = ['nsenter', ...enter, `--target=${holder.pid}`, '--']
  }

  /** Takes the space that is left, but for `leaveMib`. */
  async fill(leaveMib = 0): Promise<void> {
    const file = await open(this.#ballast, 'a')
    try {
      const piece = new Uint8Array(64 * 1024)
      for (;;) await file.write(piece)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      await file.close()
    }
    if (leaveMib > 0) await truncate(this.#ballast, (await stat(this.#ballast)).size - leaveMib * MIB)
  }

  /** Gives back what `fill` took. */
  async free(): Promise<void> {
    await rm(this.#ballast, { force: true })
  }

  /** Ends with the last program that sees it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#holder.stdin?.end()
    if (this.#holder.exitCode === null) await once(this.#holder, 'exit')
  }

  get #ballast(): string {
    return join(this.path, 'ballast')
  }
}

interface Kind {
  readonly unshare: readonly string[]
  readonly nsenter: readonly string[]
}

function namespaces(): Kind[] {
  return [
    { unshare: ['--mount'], nsenter: ['--mount'] },
    {
      unshare: ['--map-root-user', '--mount'],
      nsenter: ['--user', '--mount', '--preserve-credentials'],
    },
  ]
}

function isAllowed({ unshare }: Kind): boolean {
  try {
    execFileSync('unshare', [...unshare, 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
