import type { Nickname } from '../domain.ts'
import type { Times } from '../times/times.ts'
import type { Words } from '../words/words.ts'

/** For whom a fragment is made. */
export interface Reader {
  readonly nickname: Nickname
  readonly words: Words
  readonly times: Times
  readonly nowMs: number
}
