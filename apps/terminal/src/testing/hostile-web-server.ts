/** A server that serves the local release, and does something to some answers. Tests only. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expectedHeaders, type WebAnswer, type WebApp } from '@veche/app-server'

/** What goes out, before it does. */
export interface Outgoing {
  status: number
  readonly headers: Record<string, string | string[]>
  body: Buffer
  /** Sent before the answer (RFC 8297). */
  hints?: Record<string, string>
  /** Instead of the body. */
  stream?: (response: ServerResponse) => void
}

export interface Incoming {
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** From 1 on. */
  readonly number: number
  readonly answer: WebAnswer
}

export type Tamper = (outgoing: Outgoing, incoming: Incoming) => void

export class HostileWebServer implements AsyncDisposable {
  readonly asked: Incoming[] = []
  tamper: Tamper = () => {}
  readonly #server = createServer((request, response) => this.#answer(request, response))
  readonly #web: WebApp

  static async open(web: WebApp): Promise<HostileWebServer> {
    const opened = new HostileWebServer(web)
    await new Promise<void>((resolve) => opened.#server.listen(0, '127.0.0.1', resolve))
    return opened
  }

  private constructor(web: WebApp) {
    this.#web = web
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const answer = this.#web.answerTo(request)
    if (answer === undefined) return void response.writeHead(404).end()
    const { url = '', headers } = request
    const incoming = { path: url.split('?', 1)[0]!, headers, number: this.asked.length + 1, answer }
    this.asked.push(incoming)
    const outgoing: Outgoing = {
      status: answer.status,
      headers: { ...expectedHeaders(answer, this.url, false).required },
      body: answer.body,
    }
    delete outgoing.headers['content-length']
    this.tamper(outgoing, incoming)
    if (outgoing.hints) response.writeEarlyHints(outgoing.hints)
    response.writeHead(outgoing.status, outgoing.headers)
    if (outgoing.stream) outgoing.stream(response)
    else response.end(outgoing.body)
  }
}
