/**
 * Groups what is asked at the same time into one piece of work. While a batch runs the next one gathers; an idle
 * loop starts at once, so there is no artificial wait. Batches run one after the other, jobs in the order they
 * came. A batch that fails fails all its jobs alike, and no other.
 */
export interface BatchLimits {
  /** Waiting jobs and their size; more is refused. */
  readonly maxWaiting: number
  readonly maxWaitingBytes: number
  /** Of one batch; a single larger job goes alone. */
  readonly maxBatch: number
  readonly maxBatchBytes: number
}

/** The queue is full: nothing was taken, try again later. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError'
}

interface Waiting<Job, Result> {
  readonly job: Job
  readonly bytes: number
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

export class BatchLoop<Job, Result> {
  readonly #limits: BatchLimits
  readonly #run: (jobs: readonly Job[]) => Promise<readonly Result[]>
  #waiting: Waiting<Job, Result>[] = []
  #waitingBytes = 0
  #running: Promise<void> | undefined

  /** @param run gives one result for each job, in their order; its failure is every job's */
  constructor(limits: BatchLimits, run: (jobs: readonly Job[]) => Promise<readonly Result[]>) {
    this.#limits = limits
    this.#run = run
  }

  /** @throws QueueFullError */
  submit(job: Job, bytes: number): Promise<Result> {
    const { maxWaiting, maxWaitingBytes } = this.#limits
    if (this.#waiting.length >= maxWaiting || this.#waitingBytes + bytes > maxWaitingBytes) {
      return Promise.reject(new QueueFullError('too much is waiting'))
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, bytes, resolve, reject })
      this.#waitingBytes += bytes
      this.#running ??= this.#work()
    })
  }

  /** Resolves when nothing is waiting or running. */
  async settled(): Promise<void> {
    while (this.#running) await this.#running
  }

  async #work(): Promise<void> {
    await Promise.resolve() // what is submitted in the same turn goes together
    while (this.#waiting.length > 0) await this.#runBatch(this.#takeBatch())
    this.#running = undefined
  }

  async #runBatch(batch: readonly Waiting<Job, Result>[]): Promise<void> {
    try {
      const results = await this.#run(batch.map(({ job }) => job))
      batch.forEach(({ resolve }, index) => {
        resolve(results[index]!)
      })
    } catch (error) {
      for (const { reject } of batch) reject(error)
    }
  }

  #takeBatch(): readonly Waiting<Job, Result>[] {
    let count = 0
    let bytes = 0
    for (const next of this.#waiting) {
      if (count === this.#limits.maxBatch || (count > 0 && bytes + next.bytes > this.#limits.maxBatchBytes))
        break
      count++
      bytes += next.bytes
    }
    this.#waitingBytes -= bytes
    return this.#waiting.splice(0, count)
  }
}
