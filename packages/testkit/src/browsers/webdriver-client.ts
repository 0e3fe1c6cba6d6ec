/**
 * One session of a W3C WebDriver (https://www.w3.org/TR/webdriver2/): the commands that `WebKitPage` stands on, each
 * one request. It knows nothing of the browser behind it.
 */

/** A reference to an element of the page, as scripts take and give it. */
export interface ElementReference {
  readonly [ELEMENT]: string
}

/** W3C WebDriver §12: the key under which an element's id travels. */
export const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'

/** What a driver answers instead of a result; `name` is the protocol's own, as `element not interactable`. */
export class WebDriverError extends Error {
  override readonly name = 'WebDriverError'
  readonly code: string

  constructor(code: string, message: string) {
    super(`${code}: ${message}`)
    this.code = code
  }
}

export class WebDriverClient {
  readonly #session: string

  private constructor(session: string) {
    this.#session = session
  }

  /** @param driver where the driver listens, as `http://127.0.0.1:4444` */
  static async newSession(driver: string, capabilities: object): Promise<WebDriverClient> {
    const body = { capabilities: { alwaysMatch: capabilities } }
    const { sessionId } = (await request('POST', `${driver}/session`, body)) as { sessionId: string }
    return new WebDriverClient(`${driver}/session/${sessionId}`)
  }

  async open(url: string): Promise<void> {
    await this.#post('/url', { url })
  }

  async reload(): Promise<void> {
    await this.#post('/refresh')
  }

  /** The script is a function's body; what it returns, promises too, is given back. */
  execute(script: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#post('/execute/sync', { script, args })
  }

  async click(element: ElementReference): Promise<void> {
    await this.#post(`/element/${element[ELEMENT]}/click`)
  }

  /** Types as a person would, after what is there. */
  async type(element: ElementReference, text: string): Promise<void> {
    await this.#post(`/element/${element[ELEMENT]}/value`, { text })
  }

  async resize(width: number, height: number): Promise<void> {
    await this.#post('/window/rect', { width, height })
  }

  /** A PNG. */
  async screenshot(): Promise<Buffer> {
    return Buffer.from(String(await request('GET', `${this.#session}/screenshot`)), 'base64')
  }

  /** Ends the session and with it the browser. */
  async quit(): Promise<void> {
    await request('DELETE', this.#session)
  }

  #post(command: string, body: object = {}): Promise<unknown> {
    return request('POST', this.#session + command, body)
  }
}

async function request(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
  const { value } = (await response.json()) as { value: unknown }
  if (response.ok) return value
  const { error, message } = value as { error: string; message: string }
  throw new WebDriverError(error, message)
}
