/**
 * The edge of the entrance: makes the account, or signs in. The profile is opened only for that, so that a form which
 * stays open keeps no other command waiting. Also shows the recovery words, as long as nobody has said that they are
 * written down.
 */
import { type Client, suggestPassphrase } from '@veche/client'
import type { Context } from '../context.ts'
import { inGroups } from '../device-view.ts'
import { exitCode } from '../exit-code.ts'
import { withOwnProfile } from '../profile.ts'
import { trustByInvite } from '../trust.ts'
import type { Language } from '../words/language.ts'
import {
  type Begun,
  type Entrance,
  type EntranceEffect,
  type EntranceHappening,
  enter,
  openEntrance,
} from './entrance.ts'
import type { Entering } from './entrance-form.ts'
import { entranceFrame } from './entrance-view.ts'
import { errorText } from './error-text.ts'
import { lookOf } from './look.ts'
import type { Surface } from './surface.ts'

export interface GateOptions {
  readonly context: Context
  readonly surface: Surface
  readonly language: Language
  readonly begun: Begun
  keepLanguage(language: Language): Promise<void>
}

/** @returns the language that is spoken now; undefined when the person left */
export function passGate(options: GateOptions): Promise<Language | undefined> {
  const { promise, resolve } = Promise.withResolvers<Language | undefined>()
  const gate = new Gate(options, resolve)
  const { interrupted } = options.context.terminal
  interrupted.addEventListener('abort', () => resolve(undefined), { once: true })
  gate.open()
  return promise
}

class Gate {
  readonly #options: GateOptions
  readonly #leave: (language: Language | undefined) => void
  #entrance: Entrance
  /** Of the last that asked the server. */
  #givenUp = new AbortController()

  constructor(options: GateOptions, leave: (language: Language | undefined) => void) {
    const { surface, language, begun, context } = options
    const { server } = context.options
    this.#options = options
    this.#leave = leave
    this.#entrance = openEntrance({ size: surface.size, language, nowMs: Date.now(), server }, begun)
  }

  open(): void {
    const { surface } = this.#options
    surface.attend({
      onKeys: (keys) => {
        for (const key of keys) this.#take({ kind: 'key', key })
      },
      onResize: (size) => this.#take({ kind: 'resized', size }),
    })
    surface.show(entranceFrame(this.#entrance))
  }

  #take(happening: EntranceHappening): void {
    const { entrance, effects } = enter(this.#entrance, happening)
    this.#entrance = entrance
    this.#options.surface.show(entranceFrame(entrance))
    for (const effect of effects) void this.#perform(effect)
  }

  async #perform(effect: EntranceEffect): Promise<void> {
    const { surface, keepLanguage } = this.#options
    switch (effect.kind) {
      case 'quit':
        this.#givenUp.abort()
        return this.#leave(undefined)
      case 'arrived':
        return this.#leave(this.#entrance.language)
      case 'suspend':
        return surface.suspend()
      case 'redraw':
        return surface.redraw()
      case 'keep-language':
        return keepLanguage(effect.language).catch(() => {}) // it is asked for again next time
      case 'suggest':
        return this.#take({ kind: 'suggested', passphrase: suggestPassphrase() })
      case 'enter':
      case 'link':
        return this.#enter(effect)
      case 'give-up':
        return this.#givenUp.abort()
      default:
        return effect satisfies never
    }
  }

  async #enter(entering: Entering): Promise<void> {
    this.#givenUp = new AbortController()
    const { signal } = this.#givenUp
    const { context } = this.#options
    const server = entering.kind === 'link' ? entering.server : entering.given.server
    try {
      if (entering.kind === 'enter') await trustByInvite(context, entering.given)
      await withOwnProfile({ ...context, options: { ...context.options, server } }, async ({ client }) => {
        // It may have been made by another command meanwhile.
        if (client.account.kind !== 'ready') await this.#makeAccount(client, entering, signal)
        return exitCode.done
      })
      this.#leave(this.#entrance.language)
    } catch (error) {
      if (signal.aborted) return
      const told = errorText(error, server, lookOf(this.#entrance).words)
      this.#take({ kind: 'failed', told })
    }
  }

  async #makeAccount(client: Client, entering: Entering, givenUp: AbortSignal): Promise<void> {
    if (entering.kind === 'link') {
      const onDigits = (digits: string) => this.#take({ kind: 'digits', digits: inGroups(digits) })
      const signal = AbortSignal.any([givenUp, this.#options.context.terminal.interrupted])
      await client.loginByLink({ code: entering.code, onDigits, signal })
      return
    }
    const { purpose, given } = entering
    const { handle, name, password, code, recovery, join } = given
    if (recovery !== undefined) await client.recover({ handle, code: recovery, password, newSheet: false })
    else if (purpose === 'login') await client.login({ handle, password })
    else await client.register({ handle, name, password, ...(code && { code }) })
    if (join !== undefined) await client.join(join)
  }
}
