/**
 * The segments of one chat's history: which there are, and the one that grows.
 *
 * Opening reads the newest segment, whose first block tells of all earlier ones. An earlier one is read whole only
 * when it is not as it was told of, or when the newest one's table is lost.
 */
import type { SegmentSummary } from '@veche/protocol/gen/local/v1/history_pb.js'
import type { Files } from './files.ts'
import { type ChatKey, deriveSegmentKey } from './history-key.ts'
import type { AesKey } from './profile-key.ts'
import { type Damage, decodeHeader, FILE_ID_BYTES, type FileForm } from './sealed-file.ts'
import {
  createSegment,
  factsFromSummary,
  readSegment,
  SEGMENT_FORM,
  Segment,
  type SegmentPlace,
} from './segment.ts'
import { INDEX_FORM } from './segment-index.ts'
import { indexSegment } from './segment-search.ts'

export interface HistoryDamage extends Damage {
  /** The number of the segment that `offset` is in. */
  readonly segment: number
}

export class SegmentFolder {
  readonly #files: Files
  readonly #folder: string
  readonly #chatKey: ChatKey
  readonly #isIndexed: boolean
  readonly #damage: HistoryDamage[] = []
  /** In ascending order of number; without those of which nothing can be read. */
  readonly #segments: Segment[] = []
  #newest = 0

  /** @param isIndexed whether full segments get an index for searches */
  static async open(
    files: Files,
    folder: string,
    chatKey: ChatKey,
    isIndexed = true,
  ): Promise<SegmentFolder> {
    const opened = new SegmentFolder(files, folder, chatKey, isIndexed)
    await opened.#open()
    return opened
  }

  private constructor(files: Files, folder: string, chatKey: ChatKey, isIndexed: boolean) {
    this.#files = files
    this.#folder = folder
    this.#chatKey = chatKey
    this.#isIndexed = isIndexed
  }

  get segments(): readonly Segment[] {
    return this.#segments
  }

  get damage(): readonly HistoryDamage[] {
    return this.#damage
  }

  /** The segment to add to: the newest while it can take more, else a new one. @throws NoSpaceError */
  async growing(): Promise<Segment> {
    const newest = this.#segments.find(({ number }) => number === this.#newest)
    if (newest?.grows && !newest.isFull) return newest
    if (newest?.grows) {
      await newest.close()
      if (this.#isIndexed) await indexSegment(newest)
      newest.forget()
    }
    const id = crypto.getRandomValues(new Uint8Array(FILE_ID_BYTES))
    const created = await createSegment(await this.#place(this.#newest + 1, id), this.#segments)
    this.#segments.push(created)
    this.#newest++
    return created
  }

  async #open(): Promise<void> {
    const numbers = await segmentNumbers(this.#files, this.#folder)
    this.#newest = numbers.pop() ?? 0
    if (this.#newest === 0) return
    const { segment, table } = await this.#readNewest()
    const told = new Map((table ?? []).map((summary) => [summary.number, summary]))
    const earlier = [...new Set([...told.keys(), ...numbers])].sort((a, b) => a - b)
    for (const number of earlier) this.#add(await this.#openEarlier(number, told.get(number)))
    this.#add(segment)
  }

  #add(segment: Segment | undefined): void {
    if (segment !== undefined) this.#segments.push(segment)
  }

  /** Reads the newest segment; what a crash left of its last block is cut off. */
  async #readNewest(): Promise<Read> {
    const number = this.#newest
    const path = segmentPath(this.#folder, number)
    const bytes = (await this.#files.read(path)) ?? new Uint8Array()
    const read = await this.#read(number, bytes)
    if (read.damage?.kind !== 'torn' || read.table === undefined) return read
    await this.#files.truncate(path, read.damage.offset)
    return this.#read(number, bytes.subarray(0, read.damage.offset))
  }

  async #openEarlier(number: number, summary: SegmentSummary | undefined): Promise<Segment | undefined> {
    const path = segmentPath(this.#folder, number)
    const size = await this.#files.size(path)
    if (summary !== undefined && size === summary.bytes) {
      return new Segment(await this.#place(number, summary.id), factsFromSummary(summary))
    }
    if (summary !== undefined) this.#report(number, changedSize(summary.bytes, size ?? 0))
    if (size === undefined) return undefined
    return (await this.#read(number, (await this.#files.read(path)) ?? new Uint8Array())).segment
  }

  async #read(number: number, bytes: Uint8Array): Promise<Read> {
    let id: Uint8Array
    try {
      id = decodeHeader(SEGMENT_FORM, bytes)
    } catch {
      // The one error decodeHeader has. Without its id nothing of the segment can be opened.
      const damage: Damage = { kind: 'damaged', offset: 0, lostBytes: bytes.length }
      this.#report(number, damage)
      return { segment: undefined, table: undefined, damage }
    }
    return readSegment(await this.#place(number, id), bytes)
  }

  async #place(number: number, id: Uint8Array): Promise<SegmentPlace> {
    const files = this.#files
    const keyFor = ({ label }: FileForm) => deriveSegmentKey(this.#chatKey, label, number, id)
    let indexKey: Promise<AesKey> | undefined
    return {
      files,
      path: segmentPath(this.#folder, number),
      number,
      file: { form: SEGMENT_FORM, id, key: await keyFor(SEGMENT_FORM) },
      index: {
        files,
        path: indexPath(this.#folder, number),
        id,
        key: () => (indexKey ??= keyFor(INDEX_FORM)),
      },
      report: (damage) => this.#report(number, damage),
    }
  }

  #report(segment: number, { offset, lostBytes, kind }: Damage): void {
    if (this.#damage.some((each) => each.segment === segment && each.offset === offset)) return
    // A crash tears the newest segment only.
    this.#damage.push({ segment, offset, lostBytes, kind: segment === this.#newest ? kind : 'damaged' })
  }
}

interface Read {
  readonly segment: Segment | undefined
  readonly table: readonly SegmentSummary[] | undefined
  readonly damage: Damage | undefined
}

function changedSize(before: number, now: number): Damage {
  return { kind: 'damaged', offset: Math.min(now, before), lostBytes: Math.max(0, before - now) }
}

/** The files of a history that its removal removes, its key apart. */
export async function segmentPaths(files: Files, folder: string): Promise<string[]> {
  const names = (await files.list(folder)).filter((name) => /^\d{6,9}\.(segment|index)$/.test(name))
  return names.map((name) => `${folder}/${name}`)
}

export async function segmentNumbers(files: Files, folder: string): Promise<number[]> {
  const names = (await files.list(folder)).filter((name) => /^\d{6,9}\.segment$/.test(name))
  return names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b)
}

export function segmentPath(folder: string, number: number): string {
  return `${folder}/${nameOf(number)}.segment`
}

function indexPath(folder: string, number: number): string {
  return `${folder}/${nameOf(number)}.index`
}

function nameOf(number: number): string {
  return String(number).padStart(6, '0')
}
