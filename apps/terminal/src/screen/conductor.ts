/**
 * The edge of the screen: it owns the value, the client and the surface. What happens goes through `happen`, what is
 * to be done is done here, and what comes of it happens again. Nothing waits for anything: keys are taken while the
 * server is asked.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type ChatSummary,
  type ClientEvent,
  RefusedError,
  type SendReceipt,
  type ShownMessage,
  UnreachableError,
} from '@veche/client'
import { type DeviceEvent, deviceEventText } from '../device-view.ts'
import type { MemberProfile } from '../profile.ts'
import type { Language } from '../words/language.ts'
import { readChats } from './chat-items.ts'
import { DevicesActs } from './devices-acts.ts'
import type { DevicesAct } from './devices-state.ts'
import { DraftKeeper } from './draft-keeper.ts'
import { errorText } from './error-text.ts'
import { performOnGroup } from './group-acts.ts'
import type { GroupAct } from './group-state.ts'
import { readPage } from './history-pages.ts'
import { lookOf } from './look.ts'
import type { Surface } from './surface.ts'
import { type Happening, happen, openTalk } from './talk.ts'
import type { Effect, Talk } from './talk-state.ts'
import { talkFrame } from './talk-view.ts'

const searchLimit = 200
const clockMs = 20_000
/** After a key, before the server is searched. */
const findPauseMs = 300

export interface Surroundings {
  readonly surface: Surface
  readonly language: Language
  /** Remembers the language that was chosen. */
  keepLanguage(language: Language): Promise<void>
}

export class Conductor {
  readonly #profile: MemberProfile
  readonly #surroundings: Surroundings
  readonly #stop = new AbortController()
  #talk: Talk
  #chatsReading = false
  #chatsAgain = false
  readonly #drafts: DraftKeeper
  #sought = ''
  readonly #devices: DevicesActs

  constructor(profile: MemberProfile, surroundings: Surroundings) {
    const { surface, language } = surroundings
    this.#profile = profile
    this.#devices = new DevicesActs(profile.client.devices, (happening) => this.take(happening))
    this.#surroundings = surroundings
    this.#drafts = new DraftKeeper(profile.client.marks)
    this.#talk = openTalk({ size: surface.size, language, nowMs: Date.now(), account: profile.account })
  }

  /** Until the person leaves, or the signal ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const { client } = this.#profile
    const stop = AbortSignal.any([signal, this.#stop.signal])
    const events = client.events(stop)
    const clock = setInterval(() => this.take({ kind: 'clock', nowMs: Date.now() }), clockMs)
    this.#surroundings.surface.attend({
      onKeys: (keys) => {
        for (const key of keys) this.take({ kind: 'key', key })
      },
      onResize: (size) => this.take({ kind: 'resized', size }),
    })
    this.#show()
    await this.#readChats()
    const known = this.#talk.chats.map(({ chat }) => chat)
    this.take({ kind: 'drafts', drafts: this.#drafts.read(known) })
    for (const news of client.devices.news()) void this.#tellDevice({ type: 'device', ...news })
    const following = this.#follow(stop)
    try {
      for await (const event of events) this.#onEvent(event)
    } finally {
      clearInterval(clock)
      this.#devices.end()
      this.#stop.abort()
      await this.#drafts.flush()
      await following
    }
  }

  take(happening: Happening): void {
    if (this.#stop.signal.aborted) return
    const { talk, effects } = happen(this.#talk, happening)
    const isSame = talk === this.#talk
    if (isLinking(this.#talk) && talk.place?.kind !== 'devices') this.#devices.end()
    this.#talk = talk
    if (!isSame) this.#show()
    const written = this.#drafts.take(talk.drafts)
    const isSent = effects.some(({ kind }) => kind === 'send')
    if (happening.kind === 'key' && !isSent) this.#tellTyping(written)
    for (const effect of effects) void this.#perform(effect)
  }

  #tellTyping(chats: readonly ChatSummary['chat'][]): void {
    for (const chat of chats) {
      this.#profile.client.marks.setTyping(chat, (this.#talk.drafts[chat]?.text ?? '') !== '')
    }
  }

  #show(): void {
    this.#surroundings.surface.show(talkFrame(this.#talk))
  }

  /** A server that does not accept this device is told of; what the device has can still be read. */
  async #follow(signal: AbortSignal): Promise<void> {
    try {
      await this.#profile.client.connect(signal)
    } catch (error) {
      this.take({ kind: 'connection', state: 'disconnected' })
      this.#remark(error)
    }
  }

  #onEvent(event: ClientEvent): void {
    switch (event.type) {
      case 'message': {
        const { type: _type, ...message } = event
        this.take({ kind: 'message', message })
        void this.#readChats()
        return
      }
      case 'chat':
        void this.#readChats()
        void this.#readRequests()
        return
      case 'request':
        void this.#readRequests()
        return
      case 'keeping':
      case 'marks':
        void this.#readChats()
        return
      case 'archive':
        this.take({ kind: 'older', chat: event.chat })
        void this.#readChats()
        return
      case 'read':
      case 'delivered':
        this.#showProgress(event.chat)
        return
      case 'typing':
        this.take({ kind: 'typing', chat: event.chat, by: event.by, isTyping: event.typing })
        return
      case 'group':
        this.take({ kind: 'group-news', news: event })
        void this.#readChats()
        return
      case 'device':
        void this.#tellDevice(event)
        return
      case 'notice':
        this.take({ kind: 'remark', text: this.#noticeText(event) })
        void this.#readChats()
        return
      case 'connection':
        this.take({ kind: 'connection', state: event.state })
        if (event.state === 'connected') void this.#readRequests()
        return
      default:
        event satisfies never
    }
  }

  /** What goes wrong is told in words; nothing of it ends the screen. */
  async #perform(effect: Effect): Promise<void> {
    try {
      await this.#do(effect)
    } catch (error) {
      this.#remark(error)
    }
  }

  async #do(effect: Effect): Promise<void> {
    const { client } = this.#profile
    switch (effect.kind) {
      case 'quit':
        this.#stop.abort()
        return
      case 'suspend':
        return this.#surroundings.surface.suspend()
      case 'redraw':
        return this.#surroundings.surface.redraw()
      case 'read': {
        const { chat, page } = effect
        const { which, messages } = await readPage(client, chat, page)
        return this.take({ kind: 'page', chat, which, messages })
      }
      case 'read-answered': {
        const { chat, ids } = effect
        const found = await Promise.all(ids.map((id) => client.message(chat, id)))
        return this.take({ kind: 'answered', chat, messages: found.filter((each) => each !== undefined) })
      }
      case 'mark-read':
        await client.keeping.markRead(effect.chat, effect.seq)
        await this.#profile.seen.mark(effect.chat, Number(effect.seq))
        return this.#readChats()
      case 'send':
        return this.#send(effect)
      case 'resend':
        return this.#resend(effect.chat)
      case 'find':
        return this.#find(effect)
      case 'ask':
        return this.#ask(effect.handle)
      case 'join':
        return this.#join(effect.link)
      case 'answer':
        return this.#answer(effect)
      case 'block':
        return this.#block(effect.handle)
      case 'unblock':
        await client.people.unblock(effect.handle)
        this.take({ kind: 'blocked', blocked: await client.people.blocked() })
        return this.#readRequests()
      case 'keep':
        await client.keeping.set(effect.chat, { [effect.where]: effect.kept })
        return this.#readChats()
      case 'ask-binding': {
        const change = client.people.changedBinding(effect.chat)
        return this.take({ kind: 'changed-binding', chat: effect.chat, change })
      }
      case 'accept-binding':
        return this.#acceptBinding(effect)
      case 'search': {
        const messages = await client.search(effect.text, { limit: searchLimit })
        return this.take({ kind: 'found', text: effect.text, messages })
      }
      case 'compare':
        return this.#compare(effect.handle)
      case 'set-verified': {
        await client.people.setVerified(effect.handle, effect.verified)
        this.#compare(effect.handle)
        return this.#readChats()
      }
      case 'devices':
        return this.#onDevices(effect.act)
      case 'mute':
        await client.marks.mute(effect.chat, effect.isMuted ? 'for-good' : 'off')
        return this.#readChats()
      case 'pin':
        await client.marks.pin(effect.chat, effect.isPinned)
        return this.#readChats()
      case 'set-switches':
        return this.take({ kind: 'switches', switches: await client.marks.setSwitches(effect.change) })
      case 'ask-settings':
        this.take({ kind: 'switches', switches: client.marks.switches })
        this.take({ kind: 'settings', settings: await client.settings.get() })
        return this.take({ kind: 'blocked', blocked: await client.people.blocked() })
      case 'set-acceptance':
        return this.take({
          kind: 'settings',
          settings: await client.settings.setAcceptance(effect.acceptance),
        })
      case 'set-visibility':
        return this.take({
          kind: 'settings',
          settings: await client.settings.setVisibility(effect.visibility),
        })
      case 'set-language':
        this.take({ kind: 'language', language: effect.language })
        return this.#surroundings.keepLanguage(effect.language)
      case 'group':
        return this.#onGroup(effect.act)
      default:
        return effect satisfies never
    }
  }

  async #send({ chat, text, replyTo }: Extract<Effect, { kind: 'send' }>): Promise<void> {
    const { client } = this.#profile
    try {
      const receipt = await client.send(chat, text, { fromDraft: true, ...(replyTo && { replyTo }) })
      const message = await client.message(chat, receipt.id)
      if (message) this.#watch(receipt, message)
      await this.#readChats()
    } catch (error) {
      this.take({ kind: 'not-taken', chat, text })
      throw error
    }
  }

  async #resend(chat: ChatSummary['chat']): Promise<void> {
    const { unsent } = this.#profile.client
    for (const { reason: _reason, ...message } of unsent.list(chat)) {
      this.#watch(await unsent.resend(chat, message.id), { ...message, state: 'waiting' })
    }
    await this.#readChats()
  }

  /** Shows a message that waits, and what becomes of it. */
  #watch({ acknowledged }: SendReceipt, message: ShownMessage): void {
    this.take({ kind: 'message', message })
    acknowledged.then(
      ({ seq }) => {
        this.take({ kind: 'message', message: { ...message, seq, state: 'sent' } })
        this.#showProgress(message.chat)
      },
      (error) => {
        if (!(error instanceof RefusedError)) return // the client was closed; the message is kept
        this.take({ kind: 'message', message: { ...message, state: 'not-sent', reason: error.reason } })
        void this.#readChats()
      },
    )
  }

  #showProgress(chat: ChatSummary['chat']): void {
    const { marks } = this.#profile.client
    this.take({ kind: 'progress', chat, progressOf: (seq) => marks.progress(chat, seq) })
  }

  /** Once nothing more was typed for a moment; what comes of it is a help, and its failures are no news. */
  async #find({ text, groups: isForGroups }: Extract<Effect, { kind: 'find' }>): Promise<void> {
    this.#sought = text
    await sleep(findPauseMs, undefined, { ref: false })
    if (this.#sought !== text || this.#stop.signal.aborted) return
    try {
      const { client } = this.#profile
      const sought = text.trim().replace(/^@/, '')
      const people = await client.people.find(sought)
      const groups = isForGroups ? await client.groups.find(sought) : []
      this.take({ kind: 'people', text, people, groups })
    } catch (error) {
      if (!(error instanceof RefusedError || error instanceof UnreachableError)) throw error
    }
  }

  async #ask(handle: string): Promise<void> {
    const { client } = this.#profile
    const { askAnswer } = lookOf(this.#talk).words.screen
    try {
      const { status, chat } = await client.requests.ask(handle)
      this.take({ kind: 'asked', told: askAnswer[status](handle), isDone: true })
      await this.#readChats()
      if (chat !== undefined) this.take({ kind: 'opened', chat })
      await this.#readRequests()
    } catch (error) {
      this.take({
        kind: 'asked',
        told: errorText(error, this.#profile.account.server, lookOf(this.#talk).words),
        isDone: false,
      })
    }
  }

  async #join(link: string): Promise<void> {
    try {
      const { chat } = await this.#profile.client.join(link)
      await this.#readChats()
      this.take({ kind: 'opened', chat })
    } catch (error) {
      const { words } = lookOf(this.#talk)
      this.take({ kind: 'asked', told: errorText(error, this.#profile.account.server, words), isDone: false })
    }
  }

  async #answer({ id, answer, intoGroup }: Extract<Effect, { kind: 'answer' }>): Promise<void> {
    const { chat } = await this.#profile.client.requests.answer(id, answer)
    const { screen } = lookOf(this.#talk).words
    if (answer === 'allow' && intoGroup !== undefined)
      this.take({ kind: 'remark', text: screen.groupAllowed(`@${intoGroup}`) })
    await this.#readChats()
    if (chat !== undefined) this.take({ kind: 'opened', chat })
    await this.#readRequests()
  }

  async #onGroup(act: GroupAct): Promise<void> {
    const { groups } = this.#profile.client
    const { words } = lookOf(this.#talk)
    const chat = act.kind === 'make' ? undefined : act.chat
    try {
      const outcome = await performOnGroup(groups, act, words.screen)
      if (outcome.kind === 'group' || outcome.kind === 'links') return this.take(outcome)
      await this.#readChats()
      this.take(outcome)
      await this.#readRequests()
    } catch (error) {
      const told = errorText(error, this.#profile.account.server, words)
      this.take({ kind: 'group-told', chat, told, isDone: false })
    }
  }

  async #onDevices(act: DevicesAct): Promise<void> {
    const { words } = lookOf(this.#talk)
    try {
      await this.#devices.perform(act, words)
    } catch (error) {
      const told = errorText(error, this.#profile.account.server, words)
      this.take({ kind: 'devices-told', told })
    }
  }

  #compare(handle: string): void {
    const { people } = this.#profile.client
    const compared = people.compare(handle)
    this.take({ kind: 'compared', compared, code: people.verificationCode(handle) })
  }

  async #acceptBinding({ chat, isCompared }: Extract<Effect, { kind: 'accept-binding' }>): Promise<void> {
    const { people } = this.#profile.client
    const { handle } = await people.acceptBinding(chat)
    if (isCompared) await people.setVerified(handle, true)
    const { accepted } = lookOf(this.#talk).words.says
    this.take({ kind: 'remark', text: accepted[isCompared ? 'same' : 'later'](handle) })
    await this.#readChats()
  }

  async #block(handle: string): Promise<void> {
    await this.#profile.client.people.block(handle)
    this.take({ kind: 'remark', text: lookOf(this.#talk).words.screen.blocked(`@${handle}`) })
    await this.#readRequests()
  }

  /** Once more when something came meanwhile; never twice at once. */
  async #readChats(): Promise<void> {
    this.#chatsAgain = true
    if (this.#chatsReading) return
    this.#chatsReading = true
    try {
      while (this.#chatsAgain) {
        this.#chatsAgain = false
        this.take({ kind: 'chats', chats: await readChats(this.#profile.client) })
      }
    } finally {
      this.#chatsReading = false
    }
  }

  async #readRequests(): Promise<void> {
    try {
      this.take({ kind: 'requests', requests: await this.#profile.client.requests.list() })
    } catch (error) {
      // Asked again with the next connection.
      if (!(error instanceof UnreachableError || error instanceof RefusedError)) throw error
    }
  }

  /** A device of the own account has come or gone. */
  async #tellDevice(event: DeviceEvent): Promise<void> {
    this.take({ kind: 'remark', text: deviceEventText(event, lookOf(this.#talk).words) })
    await this.#profile.client.devices.told(event)
  }

  #noticeText({ notice, detail = '' }: Extract<ClientEvent, { type: 'notice' }>): string {
    const { notices, screen } = lookOf(this.#talk).words
    if (notice !== 'not-sent') return notices[notice]
    return Object.entries(screen.notSentTold).find(([reason]) => reason === detail)?.[1] ?? notices[notice]
  }

  #remark(error: unknown): void {
    this.take({
      kind: 'remark',
      text: errorText(error, this.#profile.account.server, lookOf(this.#talk).words),
    })
  }
}

/** Whether a new device is waited for: who goes elsewhere lets nobody in. */
function isLinking({ place }: Talk): boolean {
  return place?.kind === 'devices' && (place.stage.kind === 'code' || place.stage.kind === 'digits')
}
