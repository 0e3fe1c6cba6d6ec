import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onCore } from './cores.ts'
import type { HttpLoadAnswer, HttpLoadTask } from './http-load-task.ts'
import { LoadProcess } from './load-process.ts'

const LOAD = fileURLToPath(new URL('./http-load.ts', import.meta.url))

/** The HTTP/1.1 load generator, on a core of its own where there is one. */
export class HttpLoader extends LoadProcess<HttpLoadTask, HttpLoadAnswer> {
  constructor(core: number) {
    const [execPath, ...execArgv] = [...onCore(core), process.execPath]
    super(fork(LOAD, [], { serialization: 'advanced', execPath: execPath!, execArgv }))
  }
}
