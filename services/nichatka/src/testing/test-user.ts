/** Asks as the widget does. Whatever is answered must be what the contract calls a fragment. */
import { randomBytes } from 'node:crypto'
import { type Element, parseFragments } from '../fragments/grammar.ts'
import { ensureSensible } from './sensible.ts'

export type FieldValue = string | number | bigint | readonly string[] | undefined
export type FieldValues = Readonly<Record<string, FieldValue>>

export interface TestAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly fragments: readonly Element[]
  /** `field-wrong; name=text` */
  readonly error: string | null
  /** The element of that key, wherever it is. */
  find(key: string): Element | undefined
}

export class TestUser {
  readonly #url: string
  readonly nickname: string
  readonly makeToken: () => string

  constructor(url: string, nickname: string, makeToken: () => string) {
    this.#url = url
    this.nickname = nickname
    this.makeToken = makeToken
  }

  get(path: string, fields: FieldValues = {}, init: RequestInit = {}): Promise<TestAnswer> {
    return this.ask('GET', path, fields, init)
  }

  post(path: string, fields: FieldValues = {}): Promise<TestAnswer> {
    return this.ask('POST', path, fields)
  }

  patch(path: string, fields: FieldValues = {}): Promise<TestAnswer> {
    return this.ask('PATCH', path, fields)
  }

  /** @returns the message's id */
  async send(text: string, fields: FieldValues): Promise<string> {
    const sent = await this.post('messages', { id: randomBytes(12).toString('hex'), text, ...fields })
    if (sent.status !== 201) throw new Error(`not sent: ${sent.error}`)
    const box = await this.get('panel', { box: 'outgoing', part: 'list', limit: 1 })
    return box.find('list')!.attributes.get('data-newest')!
  }

  async ask(method: string, path: string, fields: FieldValues, init: RequestInit = {}): Promise<TestAnswer> {
    const form = toForm({ user: this.nickname, ...fields })
    const headers = new Headers({ authorization: `Bearer ${this.makeToken()}` })
    new Headers(init.headers).forEach((value, name) => {
      headers.set(name, value)
    })
    const inBody = method === 'POST' || method === 'PATCH'
    const url = `${this.#url}/nichatka/v1/${path}${inBody ? '' : `?${form}`}`
    return readAnswer(await fetch(url, { method, ...init, headers, ...(inBody && { body: form }) }))
  }
}

export function toForm(fields: FieldValues): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) {
    for (const one of typeof value === 'object' ? value : [value]) {
      if (one !== undefined) form.append(name, String(one))
    }
  }
  return form
}

export async function readAnswer(response: Response): Promise<TestAnswer> {
  const charset = response.headers.get('content-type')?.split('charset=')[1] ?? 'utf-16'
  const decoder = new TextDecoder(charset === 'utf-16' ? 'utf-16le' : charset, { fatal: true })
  const text = decoder.decode(await response.arrayBuffer())
  const fragments = parseFragments(text)
  ensureSensible(fragments)
  return {
    status: response.status,
    headers: response.headers,
    text,
    fragments,
    error: response.headers.get('nichatka-error'),
    find: (key) => findKey(fragments, key),
  }
}

function findKey(children: readonly (Element | string)[], key: string): Element | undefined {
  for (const child of children) {
    if (typeof child === 'string') continue
    if (child.attributes.get('data-key') === key) return child
    const found = findKey(child.children, key)
    if (found !== undefined) return found
  }
  return undefined
}

/** What the fragments of an answer are put in the place of. */
export function keysOf({ fragments }: TestAnswer): readonly (string | undefined)[] {
  return fragments.map(({ attributes }) => attributes.get('data-key'))
}

/** All that is to be read in an element. */
export function textOf(element: Element | undefined): string {
  return (element?.children ?? [])
    .map((child) => (typeof child === 'string' ? child : textOf(child)))
    .join('')
}
