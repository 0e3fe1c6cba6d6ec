/** Events for any number of listeners, each of which gets every event from when it began to listen, in order. */

export class EventStream<Event> {
  readonly #listeners = new Set<(event: Event) => void>()

  emit(event: Event): void {
    for (const listen of this.#listeners) listen(event)
  }

  /** Listening begins at once, not with the first `next`; it ends with the signal. */
  listen(signal: AbortSignal): AsyncIterable<Event> {
    const waiting: Event[] = []
    let wake = () => {}
    const listen = (event: Event) => {
      waiting.push(event)
      wake()
    }
    const end = () => {
      this.#listeners.delete(listen)
      wake()
    }
    this.#listeners.add(listen)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    return {
      async *[Symbol.asyncIterator]() {
        try {
          while (!signal.aborted || waiting.length > 0) {
            const event = waiting.shift()
            if (event !== undefined) yield event
            else
              await new Promise<void>((resolve) => {
                wake = resolve
              })
          }
        } finally {
          end()
        }
      },
    }
  }
}
