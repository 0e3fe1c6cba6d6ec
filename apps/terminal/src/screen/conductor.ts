/**
 * The edge of the screen: it owns the value, the client and the surface. What happens goes through `happen`, what is
 * to be done is done here, and what comes of it happens again. Nothing waits for anything: keys are taken while the
 * server is asked.
 */
import type { ChatSummary, ClientEvent } from '@veche/client'
import { type DeviceEvent, deviceEventText } from '../device-view.ts'
import { personText } from '../message-view.ts'
import type { MemberProfile } from '../profile.ts'
import { calendarDay, type Language } from '../words/language.ts'
import type { ActContext } from './act-context.ts'
import { ChatActs } from './chat-acts.ts'
import { DevicesActs } from './devices-acts.ts'
import type { DevicesAct } from './devices-state.ts'
import { DraftKeeper } from './draft-keeper.ts'
import { errorText } from './error-text.ts'
import { performOnGroup } from './group-acts.ts'
import type { GroupAct } from './group-state.ts'
import { Listings } from './listings.ts'
import { lookOf } from './look.ts'
import { PeopleActs } from './people-acts.ts'
import { performOnSettings } from './settings-acts.ts'
import type { Surface } from './surface.ts'
import { type Happening, happen, openTalk } from './talk.ts'
import type { Effect, Talk } from './talk-state.ts'
import { talkFrame } from './talk-view.ts'

const clockMs = 20_000

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
  readonly #drafts: DraftKeeper
  readonly #devices: DevicesActs
  readonly #context: ActContext
  readonly #listings: Listings
  readonly #chatActs: ChatActs
  readonly #peopleActs: PeopleActs

  constructor(profile: MemberProfile, surroundings: Surroundings) {
    const { surface, language } = surroundings
    this.#profile = profile
    const take = (happening: Happening) => this.take(happening)
    this.#devices = new DevicesActs(profile.client.devices, take)
    this.#surroundings = surroundings
    this.#drafts = new DraftKeeper(profile.client.marks)
    this.#talk = openTalk({ size: surface.size, language, nowMs: Date.now(), account: profile.account })
    this.#listings = new Listings(profile.client, take)
    this.#context = {
      ...profile,
      listings: this.#listings,
      signal: this.#stop.signal,
      words: () => lookOf(this.#talk).words,
      take,
    }
    this.#chatActs = new ChatActs(this.#context)
    this.#peopleActs = new PeopleActs(this.#context)
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
    await this.#listings.readChats()
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
        void this.#listings.readChats()
        return
      }
      case 'chat':
        void this.#listings.readChats()
        void this.#listings.readRequests()
        return
      case 'request':
        void this.#listings.readRequests()
        return
      case 'keeping':
      case 'marks':
        void this.#listings.readChats()
        return
      case 'archive':
        this.take({ kind: 'older', chat: event.chat })
        void this.#listings.readChats()
        return
      case 'read':
      case 'delivered':
        this.#chatActs.showProgress(event.chat)
        return
      case 'typing':
        this.take({ kind: 'typing', chat: event.chat, by: event.by, isTyping: event.typing })
        return
      case 'group':
        this.take({ kind: 'group-news', news: event })
        void this.#listings.readChats()
        // Who was let in by another asks no more.
        if (this.#talk.requests.incoming.some(({ join }) => join)) void this.#listings.readRequests()
        return
      case 'device':
        void this.#tellDevice(event)
        return
      case 'notice':
        this.take({ kind: 'remark', text: this.#noticeText(event) })
        void this.#listings.readChats()
        return
      case 'connection':
        this.take({ kind: 'connection', state: event.state })
        if (event.state === 'connected') void this.#listings.readRequests()
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
    switch (effect.kind) {
      case 'quit':
        this.#stop.abort()
        return
      case 'suspend':
        return this.#surroundings.surface.suspend()
      case 'redraw':
        return this.#surroundings.surface.redraw()
      case 'devices':
        return this.#onDevices(effect.act)
      case 'set-language':
        this.take({ kind: 'language', language: effect.language })
        return this.#surroundings.keepLanguage(effect.language)
      case 'group':
        return this.#onGroup(effect.act)
      case 'read':
      case 'read-answered':
      case 'mark-read':
      case 'send':
      case 'resend':
      case 'keep':
      case 'mute':
      case 'pin':
      case 'search':
        return this.#chatActs.perform(effect)
      case 'find':
      case 'ask':
      case 'join':
      case 'answer':
      case 'withdraw':
      case 'block':
      case 'unblock':
      case 'ask-binding':
      case 'accept-binding':
      case 'compare':
      case 'set-verified':
        return this.#peopleActs.perform(effect)
      case 'set-switches':
      case 'ask-settings':
      case 'set-acceptance':
      case 'set-visibility':
        return performOnSettings(this.#context, effect)
      default:
        return effect satisfies never
    }
  }

  async #onGroup(act: GroupAct): Promise<void> {
    const { words } = lookOf(this.#talk)
    const chat = act.kind === 'make' ? undefined : act.chat
    try {
      const outcome = await performOnGroup(this.#profile.client, act, words.screen)
      if (outcome.kind === 'group' || outcome.kind === 'links') return this.take(outcome)
      await this.#listings.readChats()
      this.take(outcome)
      await this.#listings.readRequests()
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

  /** A device of the own account has come or gone. */
  async #tellDevice(event: DeviceEvent): Promise<void> {
    this.take({ kind: 'remark', text: deviceEventText(event, lookOf(this.#talk).words) })
    await this.#profile.client.devices.told(event)
  }

  #noticeText({ notice, by, detail = '' }: Extract<ClientEvent, { type: 'notice' }>): string {
    const { words, language } = lookOf(this.#talk)
    const { notices, stuckBy, screen } = words
    if (notice === 'begun-anew') return words.begunAnewOn(calendarDay(language, new Date()))
    if (notice === 'stuck' && by) return stuckBy(personText(by))
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
