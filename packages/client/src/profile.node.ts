/** A profile in a folder: lock, files, key and transport, put together into a client. */
import {
  changePassphrase,
  hasPassphrase,
  type Locked,
  lockProfile,
  NodeFiles,
  type PassphraseChange,
  unlockProfileKey,
} from '@veche/history/node'
import { DecodeError } from '@veche/protocol'
import { pinnedFingerprint, trustOf } from './authority-pin.node.ts'
import { type Client, openClient } from './client.ts'
import { DamagedError } from './errors.ts'
import { connectFromNode, type NodeTransport } from './transport.node.ts'

export type OpenedProfile =
  | { readonly kind: 'open'; readonly client: Client }
  /** Another process has it. */
  | { readonly kind: 'busy' }
  /** It asks for a passphrase: none was given, or another one. */
  | Locked

export interface ProfileOptions {
  /** URL; the account's own by default. */
  readonly server?: string
  /** Where the profile asks for one. */
  readonly passphrase?: string
}

/**
 * Opens the profile in `dir`, which is made when there is none. Closing the client gives it free.
 * @throws DamagedError; EngineError; what the file system throws
 */
export async function openProfile(
  dir: string,
  { server, passphrase }: ProfileOptions = {},
): Promise<OpenedProfile> {
  const lock = lockProfile(dir)
  if (lock.kind === 'busy') return lock
  const transports: NodeTransport[] = []
  const release = () => {
    for (const { close } of transports) close()
    lock.release()
  }
  try {
    const unlocked = await decoded(unlockProfileKey(dir, passphrase === undefined ? {} : { passphrase }))
    if (unlocked.kind === 'locked') {
      release()
      return unlocked
    }
    const client = await openClient({
      files: new NodeFiles(dir),
      profileKey: unlocked.key,
      connectTo: (url) => {
        const made = connectFromNode(url, trustOf(dir))
        transports.push(made)
        return made.transport
      },
      authority: () => pinnedFingerprint(dir),
      ...(server !== undefined && { server }),
      onClosed: release,
    })
    return { kind: 'open', client }
  } catch (error) {
    release()
    throw error
  }
}

/**
 * Puts the profile in `dir` under another passphrase, or under none; the messages are not written anew.
 * @param change `now`: the present one, where there is one; `next`: none by default
 * @throws DamagedError; what the file system throws: then the old one still opens it
 */
export async function setPassphrase(
  dir: string,
  change: { readonly now?: string; readonly next?: string },
): Promise<PassphraseChange | { readonly kind: 'busy' }> {
  const lock = lockProfile(dir)
  if (lock.kind === 'busy') return lock
  try {
    return await decoded(changePassphrase(dir, change))
  } finally {
    lock.release()
  }
}

/** Whether the profile in `dir` asks for one. @throws DamagedError */
export function asksForPassphrase(dir: string): Promise<boolean> {
  return decoded(hasPassphrase(dir))
}

async function decoded<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (cause) {
    if (cause instanceof DecodeError) throw new DamagedError('the profile key is damaged', { cause })
    throw cause
  }
}
