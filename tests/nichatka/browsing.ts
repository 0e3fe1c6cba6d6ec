/** A browser without a screen: cookies, forms, and what the page says to the widget. */

export class Browsing {
  readonly #origin: string
  readonly #cookies = new Map<string, string>()

  constructor(origin: string) {
    this.#origin = origin
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.#fetch(path, { headers })
  }

  async page(path: string): Promise<string> {
    return (await this.get(path)).text()
  }

  /** Sends the form that the page at `from` has for `path`, with these fields in it; follows the answer. */
  async submit(from: string, path: string, fields: Readonly<Record<string, string>>): Promise<Response> {
    const [, token] = /name="csrfmiddlewaretoken" value="([^"]+)"/.exec(await this.page(from)) ?? []
    const body = new URLSearchParams({ csrfmiddlewaretoken: token!, ...fields })
    const response = await this.#fetch(path, { method: 'POST', body })
    const location = response.headers.get('location')
    return location === null ? response : this.get(location)
  }

  async signIn(username: string, password: string): Promise<this> {
    const response = await this.submit('/login/', '/login/', { username, password, next: '/' })
    if (!(await response.text()).includes('name="q"')) throw new Error(`${username} cannot sign in`)
    return this
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { cookie, ...(init.headers as Record<string, string>) }
    const response = await fetch(new URL(path, this.#origin), { ...init, headers, redirect: 'manual' })
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)!
      this.#cookies.set(name!, value!)
    }
    return response
  }
}

/** The attributes of the bell in a page, as a browser reads them. */
export function bellIn(page: string): Readonly<Record<string, string>> | undefined {
  const [, attributes] = /<nichatka-bell([^>]*)>/.exec(page) ?? []
  if (attributes === undefined) return undefined
  const pairs = [...attributes.matchAll(/ ([a-z-]+)="([^"]*)"/g)]
  return Object.fromEntries(pairs.map(([, name, value]) => [name!, unescaped(value!)]))
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&amp;', '&')
}
