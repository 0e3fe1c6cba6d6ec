/** A load generator from outside: a process of its own that performs one task after another. */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

export class LoadProcess<Task extends object, Answer> implements Disposable {
  readonly #child: ChildProcess

  /** @param child forked with `serialization: 'advanced'` */
  constructor(child: ChildProcess) {
    this.#child = child
  }

  /** @throws Error when the generator has ended */
  async perform(task: Task): Promise<Answer> {
    const stop = new AbortController()
    const ended = once(this.#child, 'exit', { signal: stop.signal }).then(() => {
      throw new Error('the load generator has ended')
    })
    const answered = once(this.#child, 'message', { signal: stop.signal })
    ended.catch(() => {}) // aborted below
    this.#child.send(task)
    try {
      const [answer] = (await Promise.race([answered, ended])) as [Answer]
      return answer
    } finally {
      stop.abort()
    }
  }

  [Symbol.dispose](): void {
    this.#child.disconnect()
  }
}
