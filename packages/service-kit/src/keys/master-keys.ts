/**
 * The key ring of a running process, which follows its file: a rotation while the server runs is a new file, and the
 * server takes it up without a restart.
 */
import { stat } from 'node:fs/promises'
import { KeyRing } from './key-ring.ts'
import { readKeyRing } from './key-ring-file.ts'

export class MasterKeys {
  readonly #file: string | undefined
  #ring: KeyRing
  #version: string

  /** @param mayCreate as of `readKeyRing`. @throws MasterKeyError */
  static async open(file: string, options: { readonly mayCreate?: boolean } = {}): Promise<MasterKeys> {
    const made = await readKeyRing(file, options)
    made.wipe()
    const version = await versionOf(file)
    return new MasterKeys(await readKeyRing(file, { mayCreate: false }), file, version)
  }

  /** Keys that never change: a test's. Newest first. */
  static of(...keys: readonly Uint8Array[]): MasterKeys {
    return new MasterKeys(KeyRing.of(keys))
  }

  private constructor(ring: KeyRing, file?: string, version = '') {
    this.#ring = ring
    this.#file = file
    this.#version = version
  }

  /** To be used at once: the next `refresh` overwrites its keys in memory where the file has changed. */
  get ring(): KeyRing {
    return this.#ring
  }

  /** Reads the file where it has changed. @throws MasterKeyError and keeps the present ring where it cannot be used. */
  async refresh(): Promise<void> {
    if (this.#file === undefined) return
    const version = await versionOf(this.#file)
    if (version === this.#version) return
    const ring = await readKeyRing(this.#file, { mayCreate: false })
    const old = this.#ring
    this.#ring = ring
    this.#version = version
    old.wipe()
  }
}

/** Taken before reading: a file that is replaced in between is read again at the next look. */
async function versionOf(file: string): Promise<string> {
  try {
    const { ino, mtimeNs, size } = await stat(file, { bigint: true })
    return `${ino} ${mtimeNs} ${size}`
  } catch {
    return 'unreadable' // reading it will say why
  }
}
