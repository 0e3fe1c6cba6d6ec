/** One user of one host, as any program may ask Nichatka: by HTTP, by the letter of docs/wire/nichatka.md. */
import { type Element, readAnswer } from './fragments.ts'
import { signToken, type TestHost } from './host-tokens.ts'

export type FieldList = readonly (readonly [name: string, value: string])[]

export interface Answer {
  readonly status: number
  /** Of `Nichatka-Error`, without what follows; empty where all is well. */
  readonly code: string
  /** The field that it names. */
  readonly field: string
  readonly headers: Headers
  readonly text: string
  /** @throws Error where it is not by the contract */
  elements(): readonly Element[]
}

export interface Asked {
  readonly fields?: FieldList | Readonly<Record<string, string>>
  /** In place of the user's own; undefined for none at all. */
  readonly token?: string | undefined
  /** In place of the user's own; undefined for none at all. */
  readonly user?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly charset?: 'utf-8' | 'utf-16'
  /** Where the fields go: by default in the URL for GET, else in the body. */
  readonly place?: 'url' | 'body'
  readonly signal?: AbortSignal
}

export const basePath = '/nichatka/v1/'

export class NichatkaClient {
  readonly #url: string
  readonly #host: TestHost
  readonly nickname: string
  #token = ''
  #untilMs = 0

  /** @param url of the server */
  constructor(url: string, host: TestHost, nickname: string) {
    this.#url = url
    this.#host = host
    this.nickname = nickname
  }

  get token(): string {
    if (Date.now() > this.#untilMs) {
      this.#token = signToken(this.#host, this.nickname)
      this.#untilMs = Date.now() + 200_000
    }
    return this.#token
  }

  get(path: string, asked: Asked = {}): Promise<Answer> {
    return this.ask('GET', path, asked)
  }

  post(path: string, asked: Asked = {}): Promise<Answer> {
    return this.ask('POST', path, asked)
  }

  patch(path: string, asked: Asked = {}): Promise<Answer> {
    return this.ask('PATCH', path, asked)
  }

  /** @throws TypeError where nobody answers */
  async ask(method: string, path: string, asked: Asked = {}): Promise<Answer> {
    const fields = this.#fieldsOf(asked)
    const inUrl = (asked.place ?? (method === 'GET' ? 'url' : 'body')) === 'url'
    const token = 'token' in asked ? asked.token : this.token
    const response = await fetch(`${this.#url}${basePath}${path}${inUrl ? `?${fields}` : ''}`, {
      method,
      headers: {
        'accept-encoding': 'identity',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...asked.headers,
      },
      ...(!inUrl && { body: fields }),
      ...(asked.signal && { signal: asked.signal }),
      redirect: 'manual',
    })
    return readResponse(response)
  }

  #fieldsOf({ fields = [], charset, ...asked }: Asked): URLSearchParams {
    const user = 'user' in asked ? asked.user : this.nickname
    const all = new URLSearchParams()
    for (const [name, value] of isList(fields) ? fields : Object.entries(fields)) all.append(name, value)
    if (user !== undefined) all.append('user', user)
    if (charset !== undefined) all.append('charset', charset)
    return all
  }
}

function isList(fields: FieldList | Readonly<Record<string, string>>): fields is FieldList {
  return Array.isArray(fields)
}

/** @throws Error where the text is not of the charset that it says */
export async function readResponse(response: Response): Promise<Answer> {
  const bytes = await response.arrayBuffer()
  const charset = /charset=(utf-8|utf-16)/.exec(response.headers.get('content-type') ?? '')?.[1]
  const text = new TextDecoder(charset === 'utf-16' ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes)
  const [code = '', field = ''] = (response.headers.get('nichatka-error') ?? '').split(/; *name=/)
  return {
    status: response.status,
    code,
    field,
    headers: response.headers,
    text,
    elements: () => readAnswer(text),
  }
}
