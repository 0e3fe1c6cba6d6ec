/** Lets operations go one after another, in the order they were asked for: one writer of a file, a chat, a device. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  take<T>(operation: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(operation)
    // Whoever asked hears of the failure; the next one's turn comes all the same.
    this.#last = mine.catch(() => undefined)
    return mine
  }
}
