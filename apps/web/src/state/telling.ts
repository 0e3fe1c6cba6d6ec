/** Short words about what has just happened; each stays until it is dismissed or its time is over. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'

export interface Told {
  readonly id: number
  readonly text: string
  readonly isFailure: boolean
}

export interface Telling {
  readonly told: ReadonlySignal<readonly Told[]>
  tell(text: string): void
  fail(text: string): void
  dismiss(id: number): void
}

const SHOWN_MS = 8000
const MOST = 3

export function createTelling(): Telling {
  const told: Signal<readonly Told[]> = signal([])
  let last = 0
  const dismiss = (id: number) => {
    told.value = told.value.filter((each) => each.id !== id)
  }
  const add = (text: string, isFailure: boolean) => {
    const id = ++last
    const others = told.value.filter((each) => each.text !== text)
    told.value = [...others, { id, text, isFailure }].slice(-MOST)
    if (!isFailure) setTimeout(() => dismiss(id), SHOWN_MS)
  }
  return { told, tell: (text) => add(text, false), fail: (text) => add(text, true), dismiss }
}
