/**
 * What is older than this device (M15, M16): the server has it, encrypted, and the account's backup has the keys. Everything
 * is fetched by itself, the newest first; this is for who wishes to see more at once, and for keys that are missing.
 */
import type { ChatId } from '@veche/protocol'
import { type Chat, isMissingKeys, RefusedError, UnreachableError } from '@veche/sync'
import type { AccountKeys } from './account-keys.ts'
import { toArchiveView } from './chat-views.ts'
import { UsageError } from './errors.ts'
import type { Member } from './member.ts'
import { provePassword } from './password-proof.ts'
import { askServer } from './server-trust.ts'

export interface ArchiveProgress {
  readonly read: number
  readonly total: number
}

export class Archive {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /**
   * Whether the password would help to read more: not all of the account's backup was opened when this device signed in, or
   * messages were found of times for which it had no keys then.
   */
  get needsPassword(): boolean {
    const { delivery } = this.#member()
    const isMissing = [...delivery.chats].some(({ state: { archive } }) => {
      return archive && !archive.byLink && isMissingKeys(archive)
    })
    return delivery.historyKeys.state.isSecretNeeded || isMissing
  }

  /**
   * Fetches the keys that are missing. What could not be read without them is read again.
   * @throws RefusedError `login_failed`, `server_changed`; UnreachableError, after which the same call goes on
   */
  async fetchKeys(password: string): Promise<void> {
    const { server, delivery, profile } = this.#member()
    const { opaquePublicKey } = await askServer(server.accounts)
    const { account } = await provePassword(
      server.accounts,
      { handle: profile.handle, password },
      opaquePublicKey,
    )
    try {
      await delivery.openBackup((purpose, sealed) => account.openBackup(purpose, sealed))
    } finally {
      account.wipe()
    }
  }

  /** As `fetchKeys`, while an account is signed in to; what fails is left to `fetchKeys`. */
  async open(keys: AccountKeys): Promise<void> {
    try {
      await this.#member().delivery.openBackup((purpose, sealed) => keys.openBackup(purpose, sealed))
    } catch (error) {
      if (!(error instanceof UnreachableError || error instanceof RefusedError)) throw error
    }
  }

  /**
   * Fetches everything there is, the newest of each chat first; ends early where the server gives no more for now.
   * @returns how much of it was read, by positions of the log
   * @throws what the disk threw
   */
  async fetchAll(
    signal: AbortSignal,
    onProgress: (progress: ArchiveProgress) => void,
  ): Promise<ArchiveProgress> {
    const { delivery } = this.#member()
    await delivery.archive.run(signal, () => onProgress(progressOf(delivery.chats)))
    return progressOf(delivery.chats)
  }

  /**
   * Resolves when the last `limit` messages of a chat are on this device, of those before `before` when it is given, as far
   * as they can be had.
   * @throws UsageError `chat_unknown`; UnreachableError; RefusedError where the server asks to be asked later
   */
  async fetch(chatId: ChatId, { limit, before }: { limit: number; before?: bigint }): Promise<void> {
    const { delivery } = this.#member()
    const chat = delivery.chats.get(chatId)
    if (!chat) throw new UsageError('chat_unknown')
    while (await isWanted(chat, limit, before)) {
      const { archive } = chat.state
      await delivery.archive.readOn(chat)
      if (chat.state.archive?.reached === archive?.reached) return
    }
  }
}

function progressOf(chats: Iterable<Chat>): ArchiveProgress {
  const views = [...chats].flatMap(({ state }) => (state.archive ? toArchiveView(state.archive) : []))
  const sumOf = (part: 'read' | 'total') => views.reduce((sum, view) => sum + view[part], 0)
  return { read: sumOf('read'), total: sumOf('total') }
}

async function isWanted(chat: Chat, limit: number, before: bigint | undefined): Promise<boolean> {
  const { archive } = chat.state
  return archive !== undefined && !archive.ended && (await chat.messages.read(limit, before)).length < limit
}
