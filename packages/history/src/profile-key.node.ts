/**
 * The profile key of a device: random, in a file that only this user may read. Without a passphrase whoever can read
 * that file can read the profile, a stolen disk without other encryption included. With one they must guess it, at the
 * cost of Argon2id each time.
 *
 * The passphrase wraps the key and nothing else: changing it writes one small file. A crash leaves the old file or the
 * new one; the old one's bytes are overwritten, as far as the disk lets them.
 */
import { argon2id } from './argon2.node.ts'
import { NodeFiles } from './files.node.ts'
import type { Files } from './files.ts'
import { importProfileKey, type ProfileKey } from './profile-key.ts'
import { decodeKeyFile, encodePlain, openSealedKey, sealKey } from './profile-key-file.ts'
import type { Stretch } from './stretching.ts'

const NAME = 'profile.key'

/** The file asks for a passphrase: none was given, or another one. */
export interface Locked {
  readonly kind: 'locked'
  readonly wasWrong: boolean
}

export type UnlockedKey = { readonly kind: 'unlocked'; readonly key: ProfileKey } | Locked

/** What a test may put in the place of the disk and of the work. */
interface Surroundings {
  readonly files?: Files
  readonly stretch?: Stretch
}

export type PassphraseChange =
  | { readonly kind: 'changed' }
  /** There is none to be changed or taken away. */
  | { readonly kind: 'none' }
  | Locked

/**
 * Opens the key of the profile in `dir`, or makes one without a passphrase. Called by the holder of the profile's lock.
 * @param passphrase not used where the file asks for none
 * @throws DecodeError when the file is damaged or of a form unknown here; it is never replaced by a new key
 */
export async function unlockProfileKey(
  dir: string,
  { passphrase, files = new NodeFiles(dir), stretch = argon2id }: Surroundings & { passphrase?: string } = {},
): Promise<UnlockedKey> {
  // The key without a passphrase may stand there, of a change that a crash interrupted.
  await files.removeUnfinished(NAME)
  const stored = await files.read(NAME)
  if (stored === undefined) return { kind: 'unlocked', key: await makeKey(files) }
  const opened = await openKey(stored, passphrase, stretch)
  if (!(opened instanceof Uint8Array)) return opened
  const key = await importProfileKey(opened)
  opened.fill(0)
  return { kind: 'unlocked', key }
}

/** As `unlockProfileKey`, where the profile has no passphrase. @throws Error when it has one */
export async function openProfileKey(dir: string): Promise<ProfileKey> {
  const opened = await unlockProfileKey(dir)
  if (opened.kind === 'locked') throw new Error('profile key: under a passphrase')
  return opened.key
}

/** Whether the key of the profile in `dir` is under a passphrase; false where there is no key. @throws DecodeError */
export async function hasPassphrase(dir: string): Promise<boolean> {
  const stored = await new NodeFiles(dir).read(NAME)
  return stored !== undefined && decodeKeyFile(stored).kind === 'passphrase'
}

/**
 * Puts the profile key under another passphrase, or under none. Called by the holder of the profile's lock.
 * @param now the present passphrase, where there is one
 * @param next undefined for none
 * @throws DecodeError as `unlockProfileKey`; NoSpaceError, after which the old file stands
 */
export async function changePassphrase(
  dir: string,
  {
    now,
    next,
    files = new NodeFiles(dir),
    stretch = argon2id,
  }: Surroundings & { now?: string; next?: string },
): Promise<PassphraseChange> {
  const stored = await files.read(NAME)
  const key = stored === undefined ? newKey() : await openKey(stored, now, stretch)
  if (!(key instanceof Uint8Array)) return key
  const wasSealed = stored !== undefined && decodeKeyFile(stored).kind === 'passphrase'
  if (!wasSealed && next === undefined) return { kind: 'none' }
  await files.replaceSecret(NAME, next === undefined ? encodePlain(key) : await sealKey(key, next, stretch))
  key.fill(0)
  return { kind: 'changed' }
}

async function openKey(
  stored: Uint8Array,
  passphrase: string | undefined,
  stretch: Stretch,
): Promise<Uint8Array | Locked> {
  const file = decodeKeyFile(stored)
  if (file.kind === 'plain') return file.key
  if (passphrase === undefined) return { kind: 'locked', wasWrong: false }
  return (await openSealedKey(file, passphrase, stretch)) ?? { kind: 'locked', wasWrong: true }
}

async function makeKey(files: Files): Promise<ProfileKey> {
  const key = newKey()
  await files.replace(NAME, encodePlain(key))
  return importProfileKey(key)
}

function newKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32))
}
