/**
 * Fragments are made of `html` alone: every text that goes in is escaped, whoever wrote it, and only what `html` made is
 * not. Nothing else makes an Html, so that no raw text can get in (C1).
 */
type Part = Html | string | number | bigint | false | undefined | readonly Html[]

/** Not exported: `html` is the one that makes it. Its content is private by `#`: nothing that merely looks like one is one. */
class SafeText {
  /** Whole, or begun by those pieces. */
  readonly #begun: readonly string[]
  readonly #text: string

  constructor(begun: readonly string[], text: string) {
    this.#begun = begun
    this.#text = text
  }

  static begun(html: SafeText): readonly string[] {
    return html.#begun
  }

  static text(html: SafeText): string {
    return html.#text
  }
}

export type Html = SafeText

const none: readonly string[] = []

/** A template of markup; values go between tags or between the quotes of an attribute. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let begun = none
  let text = strings[0]!
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index]
    if (part instanceof SafeText && SafeText.begun(part) !== none) {
      const [first, ...others] = SafeText.begun(part)
      begun = [...begun, text + first, ...others]
      text = SafeText.text(part) + strings[index + 1]
    } else text += textOf(part) + strings[index + 1]
  }
  return new SafeText(begun, text)
}

/**
 * Elements of a long list, which stay pieces of the whole: a text put together of thousands of parts is copied once more to
 * be read, which costs about as much as to make it.
 */
export function apart(elements: readonly Html[]): Html {
  return elements.length === 0 ? html`` : new SafeText(elements.flatMap(piecesOf), '')
}

export function markup(fragments: Html): string {
  return piecesOf(fragments).join('')
}

/** The same as it is sent: one after the other. */
export function piecesOf(fragments: Html): readonly string[] {
  return [...SafeText.begun(fragments), SafeText.text(fragments)]
}

/** The same in one piece: what was put together stays a tree of its parts until it is read, each time anew. */
export function compact(fragment: Html): Html {
  return new SafeText(none, Buffer.from(markup(fragment), 'utf16le').toString('utf16le'))
}

function textOf(part: Part): string {
  if (typeof part === 'string') return escaped(part)
  if (part instanceof SafeText) return SafeText.text(part)
  if (part === undefined || part === false) return ''
  if (typeof part !== 'object') return String(part)
  let text = ''
  for (const one of part) text += markup(one)
  return text
}

const special = /[&<>"]/
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return special.test(text) ? text.replace(/[&<>"]/g, (character) => escapes[character]!) : text
}
