/**
 * The strict subset of HTML that fragments are (docs/wire/nichatka.md): read by a parser that knows nothing else, so that
 * every test sees whatever else there would be (C1). Stricter than a browser, on purpose.
 */
const elements = new Set(
  (
    'article bdi button details div fieldset form h2 h3 header input label legend li mark nav ol option ' +
    'p section select small span strong summary textarea time ul'
  ).split(' '),
)
const attributes = new Set(
  (
    'autocomplete checked datetime dir disabled for hidden id lang maxlength name open part placeholder required role ' +
    'rows selected tabindex title type value'
  ).split(' '),
)
const types: Readonly<Record<string, readonly string[]>> = {
  button: ['button', 'submit'],
  input: ['checkbox', 'date', 'hidden', 'radio', 'search', 'text'],
}
const voidElements = new Set(['input'])
const escapes: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"' }

export interface Element {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly (Element | string)[]
}

/** The elements of an answer, each with its key. @throws SyntaxError */
export function parseFragments(source: string): readonly Element[] {
  const parser = new Parser(source)
  const fragments = parser.content(undefined)
  for (const fragment of fragments) {
    if (typeof fragment === 'string')
      throw new SyntaxError(`text between fragments: ${fragment.slice(0, 80)}`)
    if (!fragment.attributes.get('data-key')) throw new SyntaxError(`<${fragment.name}> has no data-key`)
  }
  return fragments as readonly Element[]
}

class Parser {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  /** Up to the end tag of `parent`, or to the end of the source. */
  content(parent: string | undefined): (Element | string)[] {
    const children: (Element | string)[] = []
    for (;;) {
      const text = this.#take(/[^<]*/y)!
      if (text[0] !== '') children.push(decode(text[0]))
      const end = this.#take(/<\/([a-z0-9]+)>/y)
      if (end !== undefined) {
        if (end[1] !== parent) this.#fail(`</${end[1]}> ends <${parent}>`)
        return children
      }
      if (this.#at === this.#source.length) {
        if (parent !== undefined) this.#fail(`<${parent}> is not ended`)
        return children
      }
      children.push(this.#element())
    }
  }

  #element(): Element {
    const name = this.#take(/<([a-z0-9]+)/y)?.[1] ?? this.#fail('no element')
    if (!elements.has(name)) this.#fail(`the element ${name}`)
    const given = this.#attributes()
    if (this.#take(/>/y) === undefined) this.#fail(`within <${name}>`)
    // In no form it does not matter that HTML takes it to submit (`ensureSensible` of the tests looks for forms).
    const type = given.get('type') ?? (name === 'button' ? 'submit' : '')
    if (types[name]?.includes(type) === false) this.#fail(`the type of a ${name}`)
    return { name, attributes: given, children: voidElements.has(name) ? [] : this.content(name) }
  }

  #attributes(): Map<string, string> {
    const given = new Map<string, string>()
    for (;;) {
      const [, name, value] = this.#take(/ ([a-z-]+)="([^"<]*)"/y) ?? []
      if (name === undefined || value === undefined) return given
      if (!attributes.has(name) && !/^(aria|data)-[a-z]+$/.test(name)) this.#fail(`the attribute ${name}`)
      if (given.has(name)) this.#fail(`the attribute ${name} twice`)
      given.set(name, decode(value))
    }
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#source)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match
  }

  #fail(what: string): never {
    const around = this.#source.slice(Math.max(0, this.#at - 60), this.#at + 60)
    throw new SyntaxError(`${what}: …${around}…`)
  }
}

function decode(text: string): string {
  if (/[>"]/.test(text)) throw new SyntaxError(`not escaped: ${text.slice(0, 80)}`)
  return text.replace(/&[^&;]{0,6};?/g, (spelled) => {
    const character = escapes[spelled]
    if (character === undefined) throw new SyntaxError(`the escape ${spelled}`)
    return character
  })
}
