/** The HTTP/1.1 load generator from outside, on a core of its own where there is one. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { onCore } from './cores.ts'
import type { HttpLoadAnswer, HttpLoadTask } from './http-load-task.ts'

const LOAD = fileURLToPath(new URL('./http-load.ts', import.meta.url))

export class HttpLoader implements Disposable {
  readonly #child: ChildProcess

  constructor(core: number) {
    const [execPath, ...execArgv] = [...onCore(core), process.execPath]
    this.#child = fork(LOAD, [], { serialization: 'advanced', execPath: execPath!, execArgv })
  }

  /** @throws Error when the generator has ended */
  async perform(task: HttpLoadTask): Promise<HttpLoadAnswer> {
    const stop = new AbortController()
    const ended = once(this.#child, 'exit', { signal: stop.signal }).then(() => {
      throw new Error('the load generator has ended')
    })
    const answered = once(this.#child, 'message', { signal: stop.signal })
    ended.catch(() => {}) // aborted below
    this.#child.send(task)
    try {
      const [answer] = (await Promise.race([answered, ended])) as [HttpLoadAnswer]
      return answer
    } finally {
      stop.abort()
    }
  }

  [Symbol.dispose](): void {
    this.#child.disconnect()
  }
}
