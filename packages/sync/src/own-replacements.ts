/**
 * Where this device cannot go on in a chat it asks to come in anew, in the place of its own leaf: its state there is an old
 * one (A19), cannot follow the log (A10), or is lost. It makes a key package for this alone and signs a wish; any other
 * device in the chat carries it out, and the Welcome leads back into the same chat.
 *
 * A chat that the server says this device is in, and that it does not know, may be one whose Welcome is on its way: it is
 * looked for a second time before anything is asked. The server's word makes no more of it than a wish.
 */
import { create } from '@bufbuild/protobuf'
import { type Device, groupIdOf, newKeyPackage, requestReplacement } from '@veche/mls'
import { readKeyPackage } from '@veche/mls/wire'
import { ChatId, equalBytes } from '@veche/protocol'
import type { Chat, ListChatsResponse, Replacement } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type ReplacementIntent, ReplacementIntentSchema } from '@veche/protocol/gen/local/v1/device_pb.js'
import { pause } from './backoff.ts'
import type { Chats } from './chats.ts'
import type { DeviceStore } from './device-store.ts'
import { RefusedError } from './errors.ts'
import { isHalted, type LocalChat, Standing } from './local-chat.ts'
import type { LocalDevice } from './local-device.ts'
import type { ChatsClient } from './server.ts'
import type { OnStep } from './steps.ts'

export interface Asker {
  readonly chats: Chats
  readonly store: DeviceStore
  readonly server: { readonly chats: Pick<ChatsClient, 'listChats' | 'requestReplacement'> }
  readonly device: Device
  readonly nowMs: () => number
  readonly onStep: OnStep
  readonly signal: AbortSignal
}

const SECOND_LOOK_MS = 2000
const ASK_AGAIN_MS = 60_000
/** By which a timer may be early. */
const CLOCK_STEP_MS = 1000

export class OwnReplacements {
  readonly #asker: Asker
  /** Chats that are asked for: once a minute. */
  readonly #asked = new Set<ChatId>()
  /** Into whose successor this device does not wish to come (resets.ts). */
  readonly #shunned = new Set<ChatId>()
  #askAgainAtMs = Number.POSITIVE_INFINITY
  /** Chats may be lost. */
  #isDue = true

  constructor(asker: Asker) {
    this.#asker = asker
  }

  /** A session begins: all is looked at and asked for once more. */
  begin(): void {
    this.#asked.clear()
    this.#isDue = true
  }

  /** The chat goes on in a way that this device does not follow. */
  shun(chatId: ChatId): void {
    this.#shunned.add(chatId)
  }

  /** A Welcome led nowhere: its key package may be used up. */
  async failed(chatId: ChatId): Promise<void> {
    await forgetReplacement(this.#asker.store, chatId)
    this.#isDue = true
  }

  /**
   * Asks where it is to be asked.
   * @returns after how long to look again; milliseconds
   * @throws UnreachableError; RefusedError where the server wants to be asked later
   */
  async ask(): Promise<number | undefined> {
    if (performance.now() >= this.#askAgainAtMs) this.begin()
    const { chats, server } = this.#asker
    const halted = [...chats].filter(
      ({ state }) => isHalted(state) && !this.#asked.has(state.chatId) && !this.#isShunned(state),
    )
    if (!this.#isDue && halted.length === 0) return undefined
    const listed = await server.chats.listChats({})
    const lost = await this.#lostOf(listed)
    const present = new Map(listed.chats.map((chat) => [ChatId.fromBytes(chat.chatId), chat]))
    for (const chatId of [...halted.map(({ state }) => state.chatId), ...lost])
      await this.#askFor(chatId, present.get(chatId))
    this.#isDue = false
    if (halted.length + lost.length === 0) return undefined
    this.#askAgainAtMs = performance.now() + ASK_AGAIN_MS - CLOCK_STEP_MS
    return ASK_AGAIN_MS
  }

  /** Those that this device is in and does not know, also after a while. */
  async #lostOf({ present }: Pick<ListChatsResponse, 'present'>): Promise<ChatId[]> {
    const { server, signal } = this.#asker
    const missing = present.map((id) => ChatId.fromBytes(id)).filter((id) => this.#isMissing(id))
    if (missing.length === 0) return []
    await pause(SECOND_LOOK_MS, signal)
    const still = (await server.chats.listChats({})).present.map((id) => ChatId.fromBytes(id))
    return missing.filter((id) => still.includes(id) && this.#isMissing(id))
  }

  #isShunned({ chatId, standing }: LocalChat): boolean {
    return standing === Standing.PARTED && this.#shunned.has(chatId)
  }

  #isMissing(chatId: ChatId): boolean {
    const { chats, store } = this.#asker
    const isJoining = store.state.joinings.some((one) => equalBytes(one.chatId, ChatId.toBytes(chatId)))
    return !chats.get(chatId) && !isJoining && !this.#asked.has(chatId)
  }

  async #askFor(chatId: ChatId, present: Pick<Chat, 'epoch' | 'incarnation'> | undefined): Promise<void> {
    if (!present) return
    const { epoch, incarnation } = present
    const { device, onStep } = this.#asker
    const { keyPackage, reference } = await this.#keyPackageFor(chatId)
    const groupId = groupIdOf(chatId, incarnation)
    const replaceRequest = await requestReplacement(device, groupId, epoch, reference)
    onStep('replacement: ask')
    await this.#send(chatId, { replaceRequest, keyPackage })
    this.#asked.add(chatId)
  }

  async #send(
    chatId: ChatId,
    replacement: Pick<Replacement, 'replaceRequest' | 'keyPackage'>,
  ): Promise<void> {
    const { server, store } = this.#asker
    try {
      await server.chats.requestReplacement({ chatId: ChatId.toBytes(chatId), replacement })
    } catch (error) {
      if (!(error instanceof RefusedError) || error.retryAfterMs > 0) throw error
      await forgetReplacement(store, chatId) // the device is in the chat no longer
    }
  }

  /** The one that was made for it, or a new one: its private part is stored before anybody has it. */
  async #keyPackageFor(chatId: ChatId): Promise<{ keyPackage: Uint8Array; reference: Uint8Array }> {
    const { store, device, nowMs, onStep } = this.#asker
    const known = intentFor(store.state, chatId)
    if (known) {
      const { reference, notAfterMs } = await readKeyPackage(known.keyPackage)
      const isHere = store.state.keyPackages.some((one) => equalBytes(one.reference, reference))
      if (isHere && nowMs() < notAfterMs) return { keyPackage: known.keyPackage, reference }
      await forgetReplacement(store, chatId)
    }
    const madeAtMs = nowMs()
    const { keyPackage, reference, privatePart } = await newKeyPackage(device, { nowMs: madeAtMs })
    const intent = create(ReplacementIntentSchema, { chatId: ChatId.toBytes(chatId), keyPackage })
    onStep('replacement: key package')
    await store.store(
      {
        case: 'keyPackage',
        value: { reference, privatePart, lastResort: false, madeAtMs: BigInt(madeAtMs) },
      },
      { case: 'intent', value: { intent: { case: 'replacement', value: intent } } },
    )
    return { keyPackage, reference }
  }
}

/** The device is in the chat, or cannot come in by what it has made. */
export async function forgetReplacement(store: DeviceStore, chatId: ChatId): Promise<void> {
  const intent = intentFor(store.state, chatId)
  if (intent)
    await store.store({ case: 'intentDone', value: { intent: { case: 'replacement', value: intent } } })
}

function intentFor({ intents }: LocalDevice, chatId: ChatId): ReplacementIntent | undefined {
  const id = ChatId.toBytes(chatId)
  for (const { intent } of intents) {
    if (intent.case === 'replacement' && equalBytes(intent.value.chatId, id)) return intent.value
  }
  return undefined
}
