/** One at a time: what is asked for while it runs, runs once more after it. */
export function coalesce(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let again: Promise<void> | undefined
  return () => {
    if (running === undefined) {
      running = run().finally(() => {
        running = undefined
      })
      return running
    }
    again ??= running
      .catch(() => undefined)
      .then(() => {
        again = undefined
        running = run().finally(() => {
          running = undefined
        })
        return running
      })
    return again
  }
}
