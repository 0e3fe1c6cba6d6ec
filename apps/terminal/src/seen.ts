/**
 * What was shown on this profile, by `listen`, `history` or `requests`: whatever another command fetched
 * meanwhile, `listen` begins where the person left off. A mark is written after the showing, so that a program
 * which dies shows something twice rather than never. It holds ids and positions, nothing that people wrote.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDiskFull } from './client-failure.ts'

/** Chat → the position in its log up to which everything was shown; request → 1. */
export type Marks = Readonly<Record<string, number>>

const maxFileBytes = 4 * 1024 * 1024

export class Seen {
  readonly #file: string
  readonly #marks: Map<string, number>
  #writing: Promise<void> = Promise.resolve()

  /** A file that is not there, or holds something else, counts as nothing shown. */
  static async open(profile: string): Promise<Seen> {
    const file = join(profile, 'seen.json')
    const bytes = await readFile(file).catch(() => Buffer.alloc(0))
    return new Seen(file, bytes.length <= maxFileBytes ? decodeMarks(bytes.toString('utf8')) : new Map())
  }

  private constructor(file: string, marks: Map<string, number>) {
    this.#file = file
    this.#marks = marks
  }

  get marks(): Marks {
    return Object.fromEntries(this.#marks)
  }

  /** Marks only grow. */
  async mark(key: string, position: number): Promise<void> {
    if (position <= (this.#marks.get(key) ?? 0)) return
    this.#marks.set(key, position)
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write())
    await this.#writing
  }

  async #write(): Promise<void> {
    const fresh = `${this.#file}.new`
    try {
      await writeFile(fresh, JSON.stringify(this.marks), { mode: 0o600 })
      await rename(fresh, this.#file)
    } catch (error) {
      await rm(fresh, { force: true }) // half of it
      if (!isDiskFull(error)) throw error // there is no space: what was shown may be shown again
    }
  }
}

function decodeMarks(text: string): Map<string, number> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return new Map() // absent, or torn
  }
  if (typeof value !== 'object' || value === null) return new Map()
  return new Map(Object.entries(value).filter(([, position]) => Number.isSafeInteger(position)))
}
