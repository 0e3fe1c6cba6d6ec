/**
 * How long a device waits before it tries a commit again that lost its epoch. Of those who commit at once one wins each epoch,
 * so whoever tries again at once loses mostly again. Waits are random, within a window in which the tries of all rivals find
 * room beside each other. Nobody knows how many rivals there are: each loss makes the window wider, up to what all members would
 * need, and so do others' commits that follow each other closely; those that do not are rivals less, and make it narrower.
 *
 * The unit is what a try takes here and now, from reading the log to the server's answer: on a slow line or machine all waits are
 * longer. 200 who commit at once are done after five tries each at most, and a wish takes the time of fifteen tries.
 */

const FIRST_WINDOW = 8
const LEAST_WINDOW = 6
/** Room for each rival. */
const TRIES_A_RIVAL = 3
const GROWTH_BY_LOSS = 4
const GROWTH_BY_CROWD = 1.5
/** Commits that follow each other within so many tries are a crowd. */
const CROWDED = 2
const LONGEST_MS = 60_000

export class CommitPace {
  readonly #random: () => number
  #tryMs = 0
  /** In tries; 0 before the first loss. */
  #window = 0
  #widest = 0

  /** @param random from 0 to 1 */
  constructor(random: () => number) {
    this.#random = random
  }

  /** Another's commit has won. @param tryMs what the try took. @param leaves of the group */
  lost(tryMs: number, leaves: number): void {
    this.#tryMs = Math.max(1, tryMs)
    this.#widest = Math.max(FIRST_WINDOW, leaves * TRIES_A_RIVAL)
    this.#widen(Math.max(FIRST_WINDOW, this.#window * GROWTH_BY_LOSS))
  }

  /** So many commits of others are in force that were not before. @param afterMs since the last, or since the loss */
  seen(commits: number, afterMs: number): void {
    if (afterMs < CROWDED * this.#tryMs * commits) this.#widen(this.#window * GROWTH_BY_CROWD)
    else this.#window = Math.max(LEAST_WINDOW, this.#window - commits * TRIES_A_RIVAL)
  }

  /** How long to wait from now on, milliseconds. */
  draw(): number {
    return Math.min(LONGEST_MS, this.#random() * this.#window * this.#tryMs)
  }

  /** How often it is worth to look whether others have committed, milliseconds. */
  get lookMs(): number {
    return Math.min(250, Math.max(5, this.#tryMs / 4))
  }

  #widen(window: number): void {
    this.#window = Math.min(this.#widest, window)
  }
}
