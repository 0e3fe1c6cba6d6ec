/**
 * A tab's side of the calls: each waits here until some core has answered it.
 *
 * A call is sent to the core that is known; when another core comes up, what the old one has not answered is sent again if
 * that is safe (calls.ts), else it fails with CoreMovedError. There is at most one core at a time, by a Web Lock; one whose
 * successor was heard of is never listened to again.
 */

import { repeatOf } from './calls.ts'
import { carryError, toError } from './carried-error.ts'
import { type TakenApart, takeApart } from './carry.ts'
import { CoreMovedError } from './core-moved-error.ts'
import type { CoreStatus, FromCore, Line, Outcome, ToCore } from './messages.ts'
import type { CoreEvent } from './remote-client.ts'

interface Waiting {
  readonly part: string
  readonly name: string
  readonly taken: TakenApart
  readonly settle: (outcome: Outcome) => void
  sentTo: string | undefined
  begun: boolean
}

export class Caller {
  readonly #line: Line
  readonly #tab: string
  readonly #waiting = new Map<number, Waiting>()
  readonly #listeners = new Set<(event: CoreEvent) => void>()
  readonly #past = new Set<string>()
  #core: string | undefined
  #status: CoreStatus = { state: 'starting' }
  #calls = 0

  /** @param tab held as a lock by now: a core that finds it free drops what the tab asked */
  constructor(line: Line, tab: string) {
    this.#line = line
    this.#tab = tab
    line.listen((message) => this.#hear(message))
    line.post({ kind: 'hello' })
  }

  call(part: string, name: string, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const number = ++this.#calls
      const taken = takeApart(args)
      const settle = (outcome: Outcome) => {
        this.#waiting.delete(number)
        if (outcome.ok) resolve(outcome.value)
        else reject(toError(outcome.error))
      }
      const waiting: Waiting = { part, name, taken, settle, sentTo: undefined, begun: false }
      this.#waiting.set(number, waiting)
      for (const [index, signal] of taken.givenSignals.entries()) {
        signal.addEventListener('abort', () => this.#abort(number, index), { once: true })
      }
      this.#send(number, waiting)
    })
  }

  listen(listener: (event: CoreEvent) => void): () => void {
    this.#listeners.add(listener)
    for (const event of toEvents(this.#status)) listener(event)
    return () => this.#listeners.delete(listener)
  }

  /** The worker of this tab has ended unforeseen. Whoever has the core by now says so. */
  lose(): void {
    this.#status = { state: 'starting' }
    this.#tell({ type: 'core', state: 'lost' })
    this.#line.post({ kind: 'hello' })
  }

  #hear(message: ToCore | FromCore): void {
    switch (message.kind) {
      case 'core':
        this.#hearStatus(message.core, message.status)
        return
      case 'event':
        if (message.core === this.#core) this.#hearEvent(message.event)
        return
      case 'begun':
      case 'outcome':
      case 'callback':
        if (message.tab === this.#tab) this.#hearOfCall(message)
        return
      default: // of another tab
    }
  }

  #hearStatus(core: string, status: CoreStatus): void {
    if (this.#past.has(core)) return
    this.#status = status
    if (core !== this.#core) this.#moveTo(core)
    for (const event of toEvents(status)) this.#tell(event)
  }

  #hearEvent(event: CoreEvent): void {
    if (event.type === 'connection' && this.#status.state === 'ready') {
      this.#status = { state: 'ready', connected: event.state === 'connected' }
    }
    this.#tell(event)
  }

  #hearOfCall(message: Extract<FromCore, { kind: 'begun' | 'outcome' | 'callback' }>): void {
    const waiting = this.#waiting.get(message.call)
    if (!waiting) return
    if (message.kind === 'begun') waiting.begun = true
    else if (message.kind === 'outcome') waiting.settle(message.outcome)
    else void this.#callBack(message, waiting)
  }

  async #callBack(
    { callback, args, function: index }: Extract<FromCore, { kind: 'callback' }>,
    { taken, sentTo }: Waiting,
  ): Promise<void> {
    const core = sentTo!
    let outcome: Outcome
    try {
      outcome = { ok: true, value: await taken.givenFunctions[index]!(...args) }
    } catch (error) {
      outcome = { ok: false, error: carryError(error) }
    }
    this.#line.post({ kind: 'callback-answer', core, callback, outcome })
  }

  #moveTo(core: string): void {
    const before = this.#core
    this.#core = core
    if (before !== undefined) {
      this.#past.add(before)
      this.#tell({ type: 'core', state: 'moved' })
    }
    for (const [number, waiting] of [...this.#waiting]) {
      const mayRepeat = !waiting.begun || repeatOf(waiting.part, waiting.name) !== 'once'
      if (mayRepeat) this.#send(number, waiting)
      else
        waiting.settle({
          ok: false,
          error: carryError(new CoreMovedError(`${waiting.part}.${waiting.name}`)),
        })
    }
  }

  #send(call: number, waiting: Waiting): void {
    if (this.#core === undefined) return // it is sent when there is one
    const { part, name, taken } = waiting
    const { args, functions, signals } = taken
    waiting.sentTo = this.#core
    const message = { kind: 'call', core: this.#core, tab: this.#tab, call, part, name } as const
    try {
      this.#line.post({ ...message, args, functions, signals })
    } catch (error) {
      // What cannot be cloned: the caller's mistake, told to the caller.
      waiting.settle({ ok: false, error: carryError(error) })
      return
    }
    for (const [index, signal] of taken.givenSignals.entries()) if (signal.aborted) this.#abort(call, index)
  }

  #abort(call: number, signal: number): void {
    const core = this.#waiting.get(call)?.sentTo
    if (core !== undefined) this.#line.post({ kind: 'abort', core, tab: this.#tab, call, signal })
  }

  #tell(event: CoreEvent): void {
    for (const listener of [...this.#listeners]) listener(event)
  }
}

function toEvents(status: CoreStatus): CoreEvent[] {
  switch (status.state) {
    case 'ready':
      return [
        { type: 'core', state: 'ready' },
        { type: 'connection', state: status.connected ? 'connected' : 'disconnected' },
      ]
    case 'failed':
      return [{ type: 'core', state: 'failed', error: toError(status.error) }]
    case 'starting':
    case 'refused':
      return [{ type: 'core', ...status }]
    default:
      return status satisfies never
  }
}
