/**
 * The core's side of the calls: takes what names it, asks the client when it is open, and answers. What a tab that has gone
 * gave along (functions, signals) ends with the tab; an answer to it is heard by nobody.
 */

import { UsageError } from '@veche/client/errors'
import { repeatOf } from './calls.ts'
import { carryError, toError } from './carried-error.ts'
import { putTogether } from './carry.ts'
import {
  type CoreStatus,
  type FromCore,
  type Line,
  lockOfTab,
  type Outcome,
  type ToCore,
} from './messages.ts'

/** Does one call of the table. */
export type Perform = (part: string, name: string, args: readonly unknown[]) => Promise<unknown>

type CallMessage = Extract<ToCore, { kind: 'call' }>

export class Host {
  readonly #line: Line
  readonly #core = crypto.randomUUID()
  readonly #callbacks = new Map<string, (outcome: Outcome) => void>()
  /** By tab and call: the signals given along. */
  readonly #signals = new Map<string, readonly AbortController[]>()
  readonly #tabs = new Map<string, AbortSignal>()
  readonly #perform: Perform
  #status: CoreStatus = { state: 'starting' }

  constructor(line: Line, perform: Perform) {
    this.#line = line
    this.#perform = perform
    line.listen((message) => this.#hear(message))
    this.#announce()
  }

  set status(status: CoreStatus) {
    this.#status = status
    this.#announce()
  }

  tell(event: Extract<FromCore, { kind: 'event' }>['event']): void {
    if (event.type === 'connection' && this.#status.state === 'ready') {
      this.#status = { state: 'ready', connected: event.state === 'connected' }
    }
    this.#line.post({ kind: 'event', core: this.#core, event })
  }

  #announce(): void {
    this.#line.post({ kind: 'core', core: this.#core, status: this.#status })
  }

  #hear(message: ToCore | FromCore): void {
    switch (message.kind) {
      case 'hello':
        this.#announce()
        return
      case 'call':
        // Who calls a core of before has not heard of this one.
        if (message.core !== this.#core) this.#announce()
        else void this.#answer(message)
        return
      case 'callback-answer':
        if (message.core === this.#core) this.#callbacks.get(message.callback)?.(message.outcome)
        return
      case 'abort':
        if (message.core === this.#core) {
          this.#signals.get(`${message.tab} ${message.call}`)?.[message.signal]?.abort()
        }
        return
      default: // a core's own
    }
  }

  async #answer(message: CallMessage): Promise<void> {
    const { tab, call } = message
    const outcome = await this.#outcomeOf(message)
    this.#signals.delete(`${tab} ${call}`)
    try {
      this.#line.post({ kind: 'outcome', tab, call, outcome })
    } catch (error) {
      // A value that cannot be cloned is a mistake in the table, which the caller is to hear of.
      this.#line.post({ kind: 'outcome', tab, call, outcome: { ok: false, error: carryError(error) } })
    }
  }

  async #outcomeOf(message: CallMessage): Promise<Outcome> {
    const { part, name, tab, call } = message
    const repeat = repeatOf(part, name)
    try {
      if (repeat === undefined) throw new UsageError('unknown_call')
      const args = this.#whole(message)
      if (repeat === 'once') this.#line.post({ kind: 'begun', tab, call })
      return { ok: true, value: await this.#perform(part, name, args) }
    } catch (error) {
      return { ok: false, error: carryError(error) }
    }
  }

  #whole({ tab, call, args, functions, signals }: CallMessage): unknown[] {
    if (functions.length === 0 && signals.length === 0) return [...args]
    const gone = this.#goneOf(tab)
    const controllers = signals.map(() => new AbortController())
    this.#signals.set(`${tab} ${call}`, controllers)
    return putTogether(args, [
      { places: functions, make: (number) => this.#callback(tab, call, number, gone) },
      { places: signals, make: (number) => AbortSignal.any([controllers[number]!.signal, gone]) },
    ])
  }

  #callback(tab: string, call: number, number: number, gone: AbortSignal) {
    return (...args: unknown[]): Promise<unknown> => {
      const callback = crypto.randomUUID()
      const answered = new Promise((resolve, reject) => {
        const end = (outcome: Outcome) => {
          this.#callbacks.delete(callback)
          gone.removeEventListener('abort', leave)
          if (outcome.ok) resolve(outcome.value)
          else reject(toError(outcome.error))
        }
        const leave = () => end({ ok: false, error: { name: 'AbortError' } })
        this.#callbacks.set(callback, end)
        gone.addEventListener('abort', leave)
        if (gone.aborted) leave()
      })
      // Who shows progress does not wait for the answer.
      answered.catch(() => {})
      this.#line.post({ kind: 'callback', tab, call, function: number, callback, args })
      return answered
    }
  }

  /** Aborted when the tab has gone: only then its lock is to be had. */
  #goneOf(tab: string): AbortSignal {
    const known = this.#tabs.get(tab)
    if (known) return known
    const gone = new AbortController()
    this.#tabs.set(tab, gone.signal)
    void navigator.locks.request(lockOfTab(tab), async () => {
      this.#tabs.delete(tab)
      gone.abort()
    })
    return gone.signal
  }
}
