/** A client's line to the server, which a test can cut, or make lose the answers (F7, F8). */
import type { DescMethod, Message } from '@bufbuild/protobuf'
import { Code, ConnectError, type Transport } from '@connectrpc/connect'

export class TestLine implements Transport {
  readonly #server: () => Transport
  #cut = new AbortController()
  /** Calls arrive, but their answers do not. */
  losesAnswers = false
  /** Names of the unary calls that were made. */
  readonly calls: string[] = []
  /** What a server that means ill does to its answers. */
  tamper: (answer: Message) => void = () => {}
  /** What the client sends; may cut the line before it arrives. */
  onRequest: (method: DescMethod, input: object) => void = () => {}
  /** Holds up a call, its answer, or what a stream gives, for as long as it takes. */
  hold: (when: 'call' | 'answer' | 'event', name: string) => Promise<void> | undefined = () => undefined

  constructor(server: () => Transport) {
    this.#server = server
  }

  /** Everything that is under way fails, and so does every call until `mend`. */
  cut(): void {
    this.#cut.abort()
  }

  mend(): void {
    this.#cut = new AbortController()
  }

  unary: Transport['unary'] = async (method, signal, timeoutMs, header, input, values) => {
    const cut = this.#cut.signal
    if (cut.aborted) throw isDown()
    this.calls.push(method.name)
    this.onRequest(method, input)
    const held = this.hold('call', method.name)
    if (held) await held
    if (cut.aborted) throw isDown()
    const answer = this.#server().unary(method, signal, timeoutMs, header, input, values)
    const response = await Promise.race([answer, onAbort(cut)])
    if (this.losesAnswers) throw isDown()
    this.tamper(response.message)
    const heldUp = this.hold('answer', method.name)
    if (heldUp) await heldUp
    return response
  }

  stream: Transport['stream'] = async (method, signal, timeoutMs, header, input, values) => {
    const cut = this.#cut.signal
    if (cut.aborted) throw isDown()
    const ends = signal ? AbortSignal.any([signal, cut]) : cut
    const response = await this.#server().stream(method, ends, timeoutMs, header, input, values)
    return { ...response, message: this.#received(response.message, cut) }
  }

  async *#received<T extends Message>(messages: AsyncIterable<T>, cut: AbortSignal): AsyncGenerator<T> {
    try {
      for await (const message of messages) {
        if (cut.aborted) throw isDown()
        this.tamper(message)
        const held = this.hold('event', message.$typeName)
        if (held) await held
        yield message
      }
    } catch (error) {
      throw cut.aborted ? isDown() : error
    }
  }
}

function isDown(): ConnectError {
  return new ConnectError('the line is cut', Code.Unavailable)
}

function onAbort(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => {}) // it may reject while nobody waits for it
  signal.addEventListener('abort', () => reject(isDown()), { once: true })
  return promise
}
