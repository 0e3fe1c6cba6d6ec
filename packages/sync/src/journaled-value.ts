/**
 * A value of this device, its journal and their one writer. A record is one transaction; the value in memory changes after
 * the record is durable.
 */
import type { Journal } from '@veche/history'
import { Turns } from '@veche/protocol'
import type { OnStep } from './steps.ts'

export interface JournalForm<Value> {
  /** As its steps are called. */
  readonly name: string
  /** Records in the journal before it is written anew. */
  readonly maxRecords: number
  encode(value: Value): Uint8Array
}

export interface Change<Value> {
  readonly next: Value
  readonly record: Uint8Array
}

export class JournaledValue<Value> {
  readonly #journal: Journal
  readonly #form: JournalForm<Value>
  readonly #onStep: OnStep
  readonly #turns = new Turns()
  #value: Value

  /** @param value what the journal holds */
  constructor(journal: Journal, value: Value, form: JournalForm<Value>, onStep: OnStep) {
    this.#journal = journal
    this.#value = value
    this.#form = form
    this.#onStep = onStep
  }

  get value(): Value {
    return this.#value
  }

  /**
   * Durable when it resolves; what `change` throws changes nothing.
   * @param anew the journal is written anew under another key: what the change takes away cannot be read any more
   */
  store(change: (value: Value) => Change<Value>, { anew = false } = {}): Promise<void> {
    return this.#turns.take(async () => {
      const { name, maxRecords, encode } = this.#form
      const { next, record } = change(this.#value)
      this.#onStep(`${name}: record`)
      if (anew || this.#journal.size >= maxRecords) await this.#journal.rewrite(encode(next))
      else await this.#journal.append(record)
      this.#onStep(`${name}: recorded`)
      this.#value = next
    })
  }
}
