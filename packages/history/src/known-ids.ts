/**
 * The ids of messages that were in a chat's history and are erased: what refuses a message that comes a second time
 * (attack A11), and nothing else of them but their positions.
 *
 * It has the form of a history, in a folder of its own, known/CHAT, which comes with the first id: entries whose
 * sender, times and content are empty.
 */
import { AccountId, ChatId, DeviceId, type MessageId } from '@veche/protocol'
import type { Files } from './files.ts'
import type { HistoryEntry } from './history-entry.ts'
import { HistoryLog, type LogPlace } from './history-log.ts'
import type { ProfileKey } from './profile-key.ts'
import type { HistoryDamage } from './segment-folder.ts'

const NOBODY = AccountId.fromBytes(new Uint8Array(AccountId.bytes))
const NO_DEVICE = DeviceId.fromBytes(new Uint8Array(DeviceId.bytes))

export class KnownIds {
  readonly #files: Files
  readonly #place: LogPlace
  readonly #profileKey: ProfileKey
  #log: HistoryLog | undefined

  /** @throws DecodeError as `HistoryLog.open` */
  static async open(files: Files, chatId: ChatId, profileKey: ProfileKey): Promise<KnownIds> {
    const place = placeOf(chatId)
    const isThere = (await files.list(place.folder)).length > 0
    return new KnownIds(
      files,
      place,
      profileKey,
      isThere ? await HistoryLog.openAt(files, place, profileKey) : undefined,
    )
  }

  /** For good, whether or not they can be opened. */
  static async remove(files: Files, chatId: ChatId): Promise<void> {
    await HistoryLog.removeAt(files, placeOf(chatId))
  }

  private constructor(files: Files, place: LogPlace, profileKey: ProfileKey, log: HistoryLog | undefined) {
    this.#files = files
    this.#place = place
    this.#profileKey = profileKey
    this.#log = log
  }

  /** Durable when it resolves; those that it has are passed over. @throws NoSpaceError */
  async add(messages: readonly Pick<HistoryEntry, 'position' | 'messageId'>[]): Promise<void> {
    if (messages.length === 0) return
    this.#log ??= await HistoryLog.openAt(this.#files, this.#place, this.#profileKey)
    await this.#log.append(messages.map(toEntry))
  }

  get count(): number {
    return this.#log?.count ?? 0
  }

  /** By ascending position; nothing but position and id is in them. */
  async *ascending(): AsyncGenerator<Pick<HistoryEntry, 'position' | 'messageId'>> {
    if (this.#log !== undefined) yield* this.#log.ascending()
  }

  /** As HistoryLog's. */
  async *ids(): AsyncGenerator<MessageId> {
    if (this.#log !== undefined) yield* this.#log.ids()
  }

  /** As HistoryLog's, and gives what it found. */
  async verify(): Promise<readonly HistoryDamage[]> {
    await this.#log?.verify()
    return this.#log?.damage ?? []
  }

  /** As HistoryLog's. */
  async known(wanted: ReadonlySet<MessageId>): Promise<MessageId[]> {
    return this.#log?.known(wanted) ?? []
  }

  /** The position of the message with this id; undefined for one that is not known. */
  async find(messageId: MessageId): Promise<bigint | undefined> {
    return this.#log?.positionOf(messageId)
  }
}

function placeOf(chatId: ChatId): LogPlace {
  const folder = `known/${chatId}`
  return { label: 'veche local ids v1', folder, owner: ChatId.toBytes(chatId), isIndexed: false }
}

function toEntry({ position, messageId }: Pick<HistoryEntry, 'position' | 'messageId'>): HistoryEntry {
  const content = new Uint8Array()
  return {
    position,
    messageId,
    accountId: NOBODY,
    deviceId: NO_DEVICE,
    sentAtMs: 0,
    receivedAtMs: 0,
    content,
  }
}
