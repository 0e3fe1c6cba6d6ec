/**
 * The local history of all chats as one encrypted file (M16, docs/wire/history.md): written from local state alone, and
 * taken in by a device of the same account. The server learns of neither.
 *
 * What is taken in was written by a device of this account, as its signature says: whoever knows the passphrase, or gives
 * somebody a file with one, puts no words into anybody's mouth (attack A17). The whole file is read before anything is
 * changed; then each chat changes in one transaction, so that whoever is interrupted does it again.
 */
import {
  type ByteSource,
  ExportedFile,
  ExportWriter,
  type Stretch,
  type Stretching,
  type VerifiedExport,
  type WriteBytes,
} from '@veche/history'
import { verifyCertificate } from '@veche/mls'
import { AccountId, ChatId, compareBytes, DecodeError, isSignedBy, sign } from '@veche/protocol'
import type { Profile } from '@veche/protocol/gen/local/v1/device_pb.js'
import { type Chat, ensureOfChat, type LocalChat } from '@veche/sync'
import { nameOfGroup } from './chat-views.ts'
import type { Member } from './member.ts'
import { toPerson } from './person.ts'

interface Sealed {
  readonly passphrase: string
  readonly stretch: Stretch
  /** Called now and then, with the number of messages so far; what it throws ends the work. */
  readonly onProgress?: (messages: number) => void
}

export interface ExportRequest extends Sealed {
  /** Adds bytes to the file. */
  readonly write: WriteBytes
  /** What a guess is to cost. */
  readonly stretching?: Stretching
}

export interface Exported {
  readonly chats: number
  readonly messages: number
  /** Whether messages are missing because they are damaged on this device. */
  readonly damaged: boolean
}

export interface ImportRequest extends Sealed {
  readonly source: ByteSource
}

export type ImportOutcome =
  | { readonly kind: 'imported'; readonly messages: number; readonly chats: readonly ImportedChat[] }
  /** Nothing has changed. `damaged`: or of a form that is not known here; `foreign`: no device of this account wrote it. */
  | {
      readonly kind: 'refused'
      readonly reason: 'damaged' | 'wrong-passphrase' | 'other-account' | 'foreign'
    }

export interface ImportedChat {
  readonly chat: ChatId
  /** As the file calls it; empty for a group. */
  readonly handle: string
  readonly name: string
  /**
   * - `merged`: what it did not have of it is there now.
   * - `absent`: the device is not in the chat, or not yet: it took nothing.
   * - `not-kept`: nothing of the chat stays on the device (M22): it took nothing.
   */
  readonly kind: 'merged' | 'absent' | 'not-kept'
  /** Messages in the file. */
  readonly messages: number
  /** Messages that were added. */
  readonly added: number
  /** Up to here everything counts as shown. */
  readonly read: bigint
}

export class HistoryFiles {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /** Writes what this device has of all chats; messages that wait for the server are not in it. @throws what `write` throws */
  async export({ write, onProgress, ...options }: ExportRequest): Promise<Exported> {
    const { profile, delivery } = this.#member()
    const accountId = AccountId.fromBytes(profile.accountId)
    const writer = await ExportWriter.begin(write, { ...options, accountId })
    for (const chat of byId(delivery.chats)) {
      await writer.chat({ chatId: chat.state.chatId, ...titleOf(chat.state) })
      await chat.messages.giveAll(async (entry) => {
        await writer.message(entry)
        onProgress?.(writer.messages)
      })
    }
    await writer.end(authorOf(profile))
    const damaged = [...delivery.chats].some((chat) => chat.messages.isDamaged)
    return { chats: writer.chats, messages: writer.messages, damaged }
  }

  /**
   * Adds the messages of a file that this device does not have. A second time it changes nothing.
   * @throws NoSpaceError: the chats that were done are whole, the others untouched
   */
  async import({ source, passphrase, stretch, onProgress }: ImportRequest): Promise<ImportOutcome> {
    try {
      const file = await ExportedFile.open(source, passphrase, stretch)
      if (file === undefined) return { kind: 'refused', reason: 'wrong-passphrase' }
      const { profile } = this.#member()
      if ((await file.accountId()) !== AccountId.fromBytes(profile.accountId))
        return { kind: 'refused', reason: 'other-account' }
      const verified = await this.#verify(file, onProgress)
      if (!(await isOfAccount(verified, AccountId.fromBytes(profile.accountId))))
        return { kind: 'refused', reason: 'foreign' }
      return await this.#add(file, verified)
    } catch (error) {
      if (error instanceof DecodeError) return { kind: 'refused', reason: 'damaged' }
      throw error
    }
  }

  #verify(file: ExportedFile, onProgress: Sealed['onProgress']): Promise<VerifiedExport> {
    let messages = 0
    return file.verify(({ chatId }, entries) => {
      const accounts = this.#accountsIn(chatId)
      for (const entry of entries) ensureOfChat(chatId, entry, accounts)
      messages += entries.length
      onProgress?.(messages)
    })
  }

  async #add(file: ExportedFile, { chats }: VerifiedExport): Promise<ImportOutcome> {
    const imported: ImportedChat[] = []
    for (const exported of chats) {
      const { chatId, handle, name, messages } = exported
      const chat = this.#member().delivery.chats.get(chatId)
      const added = await chat?.messages.addAll(() => file.messages(exported), messages)
      const kind = added === undefined ? 'absent' : added === 'not-kept' ? added : 'merged'
      const told = { chat: chatId, handle, name, messages, read: chat?.state.read ?? 0n }
      imported.push({ ...told, kind, added: typeof added === 'number' ? added : 0 })
    }
    const messages = imported.reduce((sum, { added }) => sum + added, 0)
    return { kind: 'imported', messages, chats: imported }
  }

  /** The two of a private chat; undefined where the device is not in it, and of a group, which many may have left. */
  #accountsIn(chatId: ChatId): ReadonlySet<AccountId> | undefined {
    const { own, delivery } = this.#member()
    const peer = delivery.chats.get(chatId)?.state.peer
    return peer && new Set([own.account, toPerson(peer).account])
  }
}

/** A group has no handle. */
function titleOf(chat: LocalChat): { readonly handle: string; readonly name: string } {
  return chat.peer ? toPerson(chat.peer) : { handle: '', name: nameOfGroup(chat) }
}

function authorOf({ certificate, signaturePublicKey, signaturePrivateKey }: Profile) {
  return {
    certificate,
    signatureKey: signaturePublicKey,
    sign: (bytes: Uint8Array) => sign(signaturePrivateKey, bytes),
  }
}

/** Whether a device of the account has written the file. A device that was ended since is one, too: it wrote it before. */
export async function isOfAccount(
  { certificate, signatureKey, signature, signed }: VerifiedExport,
  accountId: AccountId,
): Promise<boolean> {
  const identity = await verifyCertificate(certificate, signatureKey).catch(() => undefined)
  if (identity?.accountId !== accountId) return false
  return isSignedBy(signatureKey, signed, signature)
}

function byId(chats: Iterable<Chat>): Chat[] {
  const idOf = ({ state }: Chat) => ChatId.toBytes(state.chatId)
  return [...chats].sort((a, b) => compareBytes(idOf(a), idOf(b)))
}
