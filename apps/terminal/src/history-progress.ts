import type { Context } from './context.ts'
import { exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'

/** Messages between two words on how far it is. */
const step = 10_000

/** Tells how far long work with a history has come, and ends it where the person wants that. */
export function historyProgress({ output, terminal, words }: Context): (messages: number) => void {
  let told = 0
  return (messages) => {
    if (terminal.interrupted.aborted) throw new Failure('interrupted', exitCode.interrupted)
    if (messages < told + step) return
    told = messages - (messages % step)
    const { historyProgress: text, someMessages } = words.says
    output.remark(text(someMessages(told)), { type: 'progress', messages: told })
  }
}
