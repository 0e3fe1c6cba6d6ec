/**
 * The HTTP/1.1 load generator, a process of its own: bare sockets and ready-made requests, so that it costs less than
 * what it measures. Each connection is kept alive while the server keeps it, and carries one request at a time.
 */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { readAnswer } from './http-answer.ts'
import type { HttpLoadAnswer, HttpLoadTask } from './http-load-task.ts'

process.on('message', async (task: HttpLoadTask) => process.send!(await perform(task)))
process.on('disconnect', () => process.exit())

async function perform(task: HttpLoadTask): Promise<HttpLoadAnswer> {
  const answer: Noted = { latenciesMs: [], statuses: {}, bytes: 0 }
  const end = performance.now() + task.durationMs
  const apart = Math.max(1, Math.floor(task.requests.length / task.connections))
  const connections = Array.from({ length: task.connections }, (_, index) =>
    new Connection(task, index * apart, answer).runUntil(end),
  )
  await Promise.all(connections)
  return answer
}

interface Noted {
  readonly latenciesMs: number[]
  readonly statuses: Record<number, number>
  bytes: number
}

class Connection {
  readonly #task: HttpLoadTask
  readonly #answer: Noted
  #next: number
  #sentAtMs = 0

  constructor(task: HttpLoadTask, first: number, answer: Noted) {
    this.#task = task
    this.#next = first
    this.#answer = answer
  }

  async runUntil(end: number): Promise<void> {
    while (performance.now() < end) {
      this.#sentAtMs = performance.now()
      const socket = connect({ port: this.#task.port, host: '127.0.0.1', noDelay: true })
      await once(socket, 'connect')
      await this.#use(socket, end)
    }
  }

  /** Resolves when the server closes after an answer, or the time is over. */
  #use(socket: Socket, end: number): Promise<void> {
    return new Promise((resolve, reject) => {
      let unread: Buffer | undefined
      socket.on('error', reject)
      socket.on('data', (chunk: Buffer) => {
        unread = unread === undefined ? chunk : Buffer.concat([unread, chunk])
        const answer = readAnswer(unread)
        if (answer === undefined) return
        this.#note(answer.status, unread.length)
        unread = undefined
        if (answer.isLast || performance.now() >= end) {
          socket.destroy()
          resolve()
        } else this.#send(socket)
      })
      socket.on('end', () => reject(new Error('the server closed in the middle of an answer')))
      this.#write(socket)
    })
  }

  #send(socket: Socket): void {
    this.#sentAtMs = performance.now()
    this.#write(socket)
  }

  #write(socket: Socket): void {
    const { requests } = this.#task
    socket.write(requests[this.#next++ % requests.length]!, 'latin1')
  }

  #note(status: number, bytes: number): void {
    this.#answer.latenciesMs.push(performance.now() - this.#sentAtMs)
    this.#answer.statuses[status] = (this.#answer.statuses[status] ?? 0) + 1
    this.#answer.bytes += bytes
  }
}
