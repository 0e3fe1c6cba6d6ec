/** The fields of one request, from its URL and its body alike. Each is taken once, by name; what is left over is unknown. */
import { Refusal, wrong } from '../refusal.ts'

export class Fields {
  readonly #values = new Map<string, string | string[]>()

  /** @param form `application/x-www-form-urlencoded`. @throws Refusal where it does not spell UTF-8 */
  add(form: string): void {
    if (form === '') return
    for (const pair of form.split('&')) {
      if (pair === '') continue
      const equals = pair.indexOf('=')
      const name = decode(equals < 0 ? pair : pair.slice(0, equals), '')
      this.#append(name, equals < 0 ? '' : decode(pair.slice(equals + 1), name))
    }
  }

  /** An empty field is an absent one. @throws Refusal field-repeated */
  one(name: string): string | undefined {
    return this.text(name) || undefined
  }

  /** The same, where an empty text is one. */
  text(name: string): string | undefined {
    const value = this.#values.get(name)
    if (typeof value === 'object') throw new Refusal('field-repeated', { field: name })
    this.#values.delete(name)
    return value
  }

  many(name: string): readonly string[] {
    const value = this.#values.get(name) ?? []
    this.#values.delete(name)
    return (typeof value === 'string' ? [value] : value).filter((one) => one !== '')
  }

  /** Leaves it where it is; undefined where there are several. */
  peek(name: string): string | undefined {
    const value = this.#values.get(name)
    return typeof value === 'string' ? value : undefined
  }

  /** Everything was taken. @throws Refusal field-unknown */
  end(): void {
    for (const field of this.#values.keys()) throw new Refusal('field-unknown', { field })
  }

  #append(name: string, value: string): void {
    const before = this.#values.get(name)
    if (before === undefined) this.#values.set(name, value)
    else if (typeof before === 'string') this.#values.set(name, [before, value])
    else before.push(value)
  }
}

/** @throws Refusal field-wrong where the escapes are broken, or do not spell UTF-8 */
function decode(text: string, field: string): string {
  if (!text.includes('%')) return text.includes('+') ? text.replaceAll('+', ' ') : text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw wrong(field)
  }
}
