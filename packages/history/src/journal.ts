/**
 * Encrypted state of a device or a chat: one snapshot and the records after it, each record one local transaction.
 *
 * Files: `NAME.journal` and `NAME.ID.key`, ID being the journal's file id in hex, the key wrapped under the
 * profile key. `rewrite` makes a new file under a new key; the rename of the journal is the moment it counts, for
 * the header says which key is in force. Every other key of the name is overwritten and removed, then or by the
 * next `open`: MLS secrets that a ratchet left behind stay unreadable even to who later gets the profile key.
 *
 * Invariants: block 0 is the snapshot (or says that there is none) and was written with the header in one piece;
 * what `append` acknowledged is a whole block; nothing is appended behind bytes that are not known to be good.
 */
import { bytesToHex } from '@noble/hashes/utils.js'
import { concatBytes, DecodeError, equalBytes, Turns, utf8 } from '@veche/protocol'
import { ensurePath, type Files, folderOf } from './files.ts'
import { importAesKey, type ProfileKey, unwrapKey, wrapKey } from './profile-key.ts'
import { finishRemoval, removeAll } from './removal.ts'
import {
  type Damage,
  decodeHeader,
  encodeHeader,
  FILE_ID_BYTES,
  type FileForm,
  HEADER_BYTES,
  openBlocks,
  type SealedFile,
  sealBlock,
} from './sealed-file.ts'
import { Tail } from './tail.ts'

const FORM: FileForm = { magic: 'VECHEJL', label: 'veche local journal v1' }
const BLANK = 1
const SNAPSHOT = 2
const RECORD = 3

interface Contents {
  readonly snapshot: Uint8Array | undefined
  readonly records: readonly Uint8Array[]
  readonly damage: Damage | undefined
}

export class Journal {
  /** As `open` found it. */
  readonly snapshot: Uint8Array | undefined
  /** Those after the snapshot, as `open` found them, oldest first. */
  readonly records: readonly Uint8Array[]
  /**
   * What `open` found wrong behind the last good record. `torn` was cut off: nobody was told it is stored. After
   * `damaged` acknowledged records are missing, so what is left is an old state: the file stays as it is, every
   * `open` says so again, and `append` is refused until a `rewrite` or `remove`.
   */
  readonly repaired: Damage | undefined

  readonly #files: Files
  readonly #name: string
  readonly #profileKey: ProfileKey
  readonly #turns = new Turns()
  #file: SealedFile
  #tail: Tail
  #size: number
  #state: 'good' | 'damaged' | 'to be reopened' = 'good'

  /**
   * Opens a journal, or begins one when there is none.
   * @param name a path without its ending
   * @throws DecodeError when the header, the key or the snapshot is damaged or the profile key is another: nothing
   * of it can be read, and only `remove` helps
   */
  static async open(files: Files, name: string, profileKey: ProfileKey): Promise<Journal> {
    ensurePath(name)
    await finishRemoval(files, markerPath(name), () => memberPaths(files, name))
    const stored = await files.read(journalPath(name))
    const bytes = stored ?? (await createJournal(files, name, profileKey, undefined)).bytes
    const file = await openFile(files, name, profileKey, bytes)
    await removeOtherKeys(files, name, file.id)
    const contents = await readContents(file, bytes)
    if (contents.damage?.kind === 'torn') await files.truncate(journalPath(name), contents.damage.offset)
    return new Journal(files, name, profileKey, file, contents, contents.damage?.offset ?? bytes.length)
  }

  /** Removes a journal and its keys for good; nothing happens when there is none. */
  static async remove(files: Files, name: string): Promise<void> {
    ensurePath(name)
    if ((await memberPaths(files, name)).length === 0) return
    await removeAll(files, markerPath(name), () => memberPaths(files, name))
  }

  private constructor(
    files: Files,
    name: string,
    profileKey: ProfileKey,
    file: SealedFile,
    contents: Contents,
    endBytes: number,
  ) {
    this.#files = files
    this.#name = name
    this.#profileKey = profileKey
    this.#file = file
    this.#tail = new Tail(files, journalPath(name), endBytes)
    this.#size = contents.records.length
    this.snapshot = contents.snapshot
    this.records = contents.records
    this.repaired = contents.damage
    if (contents.damage?.kind === 'damaged') this.#state = 'damaged'
  }

  /** Records since the snapshot: callers rewrite when it grows past 1,000, and with each epoch. */
  get size(): number {
    return this.#size
  }

  /**
   * Durable when it resolves; when it rejects, the journal is as before and goes on.
   * @param record at most `MAX_BLOCK_BYTES`
   * @throws NoSpaceError
   */
  append(record: Uint8Array): Promise<void> {
    return this.#turns.take(async () => {
      this.#ensureOpen()
      if (this.#state === 'damaged')
        throw new DecodeError('journal: damaged, to be rewritten or removed first')
      await this.#tail.append(await sealBlock(this.#file, this.#size + 1, RECORD, record))
      this.#size++
    })
  }

  /**
   * Puts a snapshot instead of everything so far, under a new key; then the old key is overwritten. A crash at any
   * point leaves exactly the old journal or the new one. A rejection leaves the old one, usable as before; or, when
   * the disk failed so late that nobody can tell, every further call asks to open the journal anew.
   * @throws NoSpaceError
   */
  rewrite(snapshot: Uint8Array): Promise<void> {
    return this.#turns.take(async () => {
      this.#ensureOpen()
      const { file, bytes } = await this.#replaceWith(snapshot)
      this.#file = file
      this.#size = 0
      this.#tail = new Tail(this.#files, journalPath(this.#name), bytes.length)
      await removeOtherKeys(this.#files, this.#name, file.id)
      this.#state = 'good'
    })
  }

  async #replaceWith(snapshot: Uint8Array): Promise<{ file: SealedFile; bytes: Uint8Array }> {
    const before = this.#state
    this.#state = 'to be reopened'
    try {
      return await createJournal(this.#files, this.#name, this.#profileKey, snapshot)
    } catch (cause) {
      const header = await this.#files.readRange(journalPath(this.#name), 0, HEADER_BYTES)
      if (header !== undefined && equalBytes(decodeHeader(FORM, header), this.#file.id)) {
        await removeOtherKeys(this.#files, this.#name, this.#file.id)
        this.#state = before
      }
      throw cause
    }
  }

  #ensureOpen(): void {
    if (this.#state === 'to be reopened') throw new Error('journal: a rewrite failed half-way, open it anew')
  }
}

async function createJournal(
  files: Files,
  name: string,
  profileKey: ProfileKey,
  snapshot: Uint8Array | undefined,
): Promise<{ file: SealedFile; bytes: Uint8Array }> {
  const id = crypto.getRandomValues(new Uint8Array(FILE_ID_BYTES))
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const file: SealedFile = { form: FORM, id, key: await importAesKey(secret) }
  const start = await sealBlock(
    file,
    0,
    snapshot === undefined ? BLANK : SNAPSHOT,
    snapshot ?? new Uint8Array(),
  )
  const bytes = concatBytes(encodeHeader(FORM, id), start)
  await files.append(keyPath(name, id), await wrapKey(profileKey, FORM.label, keyPlace(name, id), secret))
  secret.fill(0)
  await files.replace(journalPath(name), bytes)
  return { file, bytes }
}

async function openFile(
  files: Files,
  name: string,
  profileKey: ProfileKey,
  bytes: Uint8Array,
): Promise<SealedFile> {
  const id = decodeHeader(FORM, bytes)
  const wrapped = await files.read(keyPath(name, id))
  if (wrapped === undefined) throw new DecodeError('journal: its key is not there')
  const secret = await unwrapKey(profileKey, FORM.label, keyPlace(name, id), wrapped)
  const key = await importAesKey(secret)
  secret.fill(0)
  return { form: FORM, id, key }
}

async function readContents(file: SealedFile, bytes: Uint8Array): Promise<Contents> {
  const { opened, damage } = await openBlocks(file, bytes)
  const [start, ...rest] = opened
  if (start === undefined || start.kind === RECORD) throw new DecodeError('journal: its start is damaged')
  return {
    snapshot: start.kind === SNAPSHOT ? start.content : undefined,
    records: rest.map(({ content }) => content),
    damage,
  }
}

async function removeOtherKeys(files: Files, name: string, id: Uint8Array): Promise<void> {
  for (const path of await keyPaths(files, name)) {
    if (path !== keyPath(name, id)) await files.overwriteAndRemove(path)
  }
}

async function memberPaths(files: Files, name: string): Promise<string[]> {
  const journal = (await files.size(journalPath(name))) === undefined ? [] : [journalPath(name)]
  return [...(await keyPaths(files, name)), ...journal]
}

async function keyPaths(files: Files, name: string): Promise<string[]> {
  const folder = folderOf(name)
  const prefix = folder === '' ? '' : `${folder}/`
  return (await files.list(folder)).map((each) => prefix + each).filter((path) => isKeyPath(path, name))
}

function isKeyPath(path: string, name: string): boolean {
  return path.startsWith(`${name}.`) && /^\.[0-9a-f]{32}\.key$/.test(path.slice(name.length))
}

const journalPath = (name: string) => `${name}.journal`
const markerPath = (name: string) => `${name}.removed`
const keyPath = (name: string, id: Uint8Array) => `${name}.${bytesToHex(id)}.key`
const keyPlace = (name: string, id: Uint8Array) => concatBytes(id, utf8(name))
