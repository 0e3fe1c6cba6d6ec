/** One question at a time, asked before something that cannot be taken back. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'

export interface Question {
  readonly text: string
  /** What the button that does it says. */
  readonly action: string
  readonly isDangerous?: boolean
}

export interface Asking {
  readonly question: ReadonlySignal<Question | undefined>
  /** @returns whether the user wants it */
  ask(question: Question): Promise<boolean>
  answer(isWanted: boolean): void
}

export function createAsking(): Asking {
  const question: Signal<Question | undefined> = signal(undefined)
  let resolve: (isWanted: boolean) => void = () => {}
  return {
    question,
    ask(next) {
      resolve(false)
      question.value = next
      return new Promise((settle) => {
        resolve = settle
      })
    },
    answer(isWanted) {
      question.value = undefined
      resolve(isWanted)
    },
  }
}
