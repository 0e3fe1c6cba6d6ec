/**
 * What stands beside one chat's log on this device: the account's own mark, what others have said, what is being
 * written. It changes in the chat's turns, each change one record of its journal.
 */
import { create } from '@bufbuild/protobuf'
import type { Turns } from '@veche/protocol'
import { type OwnMark, OwnMarkSchema, SettingSchema } from '@veche/protocol/gen/e2ee/v1/marks_pb.js'
import { HeardSchema, type OwnMarkState, OwnMarkStateSchema } from '@veche/protocol/gen/local/v1/marks_pb.js'
import type { ChatContext } from './chat.ts'
import { type ChangeInit, toChanges } from './chat-record.ts'
import type { ChatStore } from './chat-store.ts'
import type { LocalChat } from './local-chat.ts'
import { readOf, type Said, wantedMark, withSaid } from './local-marks.ts'
import { isSameMark, mergeMarks, NO_MARK } from './own-mark.ts'
import { countUnread } from './unread.ts'

const NOTHING_HEARD = create(HeardSchema)

export class ChatMarksKeeper {
  readonly #context: Pick<ChatContext, 'identity' | 'nowMs' | 'onEvent'>
  readonly #store: ChatStore
  readonly #turns: Turns

  constructor(context: Pick<ChatContext, 'identity' | 'nowMs' | 'onEvent'>, store: ChatStore, turns: Turns) {
    this.#context = context
    this.#store = store
    this.#turns = turns
  }

  /** Mutes or pins the chat, or does so no more. @param untilMs milliseconds since 1970; 0n: not at all */
  set(setting: 'muted' | 'pinned', untilMs: bigint): Promise<void> {
    return this.#turns.take(async () => {
      const { own } = this.#chat.marks
      const before = own?.present ?? NO_MARK
      const setAtMs = this.#after(before[setting]?.setAtMs)
      const news = create(OwnMarkSchema, { [setting]: create(SettingSchema, { untilMs, setAtMs }) })
      const state = { revision: own?.revision ?? 0n, asked: own?.asked ?? false, agreed: own?.agreed }
      await this.#storeMarks({ own: toState({ ...state, present: mergeMarks(before, news) }) })
      this.#tellOwn(true)
    })
  }

  /** What the account's devices agree on now is merged with what is here. @param mark undefined where there is none */
  takeOwn({ revision, mark }: { readonly revision: bigint; readonly mark?: OwnMark }): Promise<void> {
    return this.#turns.take(async () => {
      const { own } = this.#chat.marks
      const before = wantedMark(this.#chat)
      const agreed = mark ?? own?.agreed
      const present = mergeMarks(own?.present ?? NO_MARK, mark ?? NO_MARK)
      const next = toState({ revision, present, asked: true, agreed })
      const value = { own: next, ...this.#toldBy(present) }
      const unread = await this.#unreadAfter(present.readPosition)
      await this.#store.store(toChanges({ case: 'marks', value }, ...unread))
      if (!isSameMark(before, wantedMark(this.#chat))) this.#tellOwn(false)
    })
  }

  /** The other members were told, or are not to be, how far this account has read. */
  readTold(position: bigint, number: bigint): Promise<void> {
    return this.#turns.take(() => this.#storeMarks({ told: { position, number } }))
  }

  /** Others have said how far they have read, and the server how far the peer's devices are. */
  hear(said: readonly Said[], delivered: bigint): Promise<void> {
    return this.#turns.take(async () => {
      const { heard } = this.#chat.marks
      if (said.length === 0 && delivered <= (heard?.delivered ?? 0n)) return
      await this.#storeMarks({ heard: withSaid(heard, said, delivered) })
    })
  }

  /** Who does not say how far they have read, does not see it of others. */
  forgetReaders(): Promise<void> {
    return this.#turns.take(async () => {
      const { devices, delivered } = this.#chat.marks.heard ?? NOTHING_HEARD
      if (devices.length > 0) await this.#storeMarks({ heard: create(HeardSchema, { delivered }) })
    })
  }

  /** What the user has begun to write, for when the chat is opened again. */
  setDraft(draft: string): Promise<void> {
    return this.#turns.take(async () => {
      if ((this.#chat.marks.draft ?? '') !== draft) await this.#storeMarks({ draft })
    })
  }

  get #chat(): LocalChat {
    return this.#store.state
  }

  #storeMarks(value: Extract<ChangeInit, { case: 'marks' }>['value']): Promise<void> {
    return this.#store.store(toChanges({ case: 'marks', value }))
  }

  /** What was read on another device is told to the other members by that one. */
  #toldBy({ readPosition }: OwnMark) {
    const { told } = this.#chat.marks
    if (readPosition <= readOf(this.#chat) || readPosition <= (told?.position ?? 0n)) return {}
    return { told: { position: readPosition, number: told?.number ?? 0n } }
  }

  /** What was read on another device is unread here no more, though it was not shown here. */
  async #unreadAfter(position: bigint): Promise<ChangeInit[]> {
    const { read, unread } = this.#chat
    if (position <= readOf(this.#chat) || unread === 0) return []
    const { accountId } = this.#context.identity
    const left = await countUnread(this.#store.history.log, accountId, { after: position, atMost: unread })
    return [{ case: 'read', value: { position: read, ...left } }]
  }

  /** Later than what it replaces, whatever the clock says. */
  #after(setAtMs: bigint | undefined): bigint {
    const now = BigInt(this.#context.nowMs())
    return setAtMs !== undefined && setAtMs >= now ? setAtMs + 1n : now
  }

  #tellOwn(isHere: boolean): void {
    this.#context.onEvent({ kind: 'marks', chat: this.#chat.chatId, isHere })
  }
}

interface State {
  readonly revision: bigint
  readonly asked: boolean
  readonly agreed: OwnMark | undefined
  readonly present: OwnMark
}

function toState({ agreed, ...state }: State): OwnMarkState {
  return create(OwnMarkStateSchema, { ...state, ...(agreed && { agreed }) })
}
