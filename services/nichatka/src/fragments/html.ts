/**
 * Fragments are made of `html` alone: every text that goes in is escaped, whoever wrote it, and only what `html` made is
 * not. Nothing else makes an Html, so that no raw text can get in (C1).
 */
type Part = Html | string | number | bigint | false | undefined | readonly Html[]

/** Not exported: `html` is the one that makes it. Its text is private by `#`: nothing that merely looks like one is one. */
class SafeText {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  static read(html: SafeText): string {
    return html.#text
  }
}

export type Html = SafeText

/** A template of markup; values go between tags or between the quotes of an attribute. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0]!
  for (let index = 0; index < parts.length; index++) text += textOf(parts[index]) + strings[index + 1]
  return new SafeText(text)
}

/** To be sent. */
export function markup(fragments: Html): string {
  return SafeText.read(fragments)
}

/** The same in one piece: what was put together stays a tree of its parts until it is read, each time anew. */
export function compact(fragment: Html): Html {
  return new SafeText(Buffer.from(SafeText.read(fragment), 'utf16le').toString('utf16le'))
}

function textOf(part: Part): string {
  if (typeof part === 'string') return escaped(part)
  if (part instanceof SafeText) return SafeText.read(part)
  if (part === undefined || part === false) return ''
  if (typeof part !== 'object') return String(part)
  let text = ''
  for (const one of part) text += SafeText.read(one)
  return text
}

const special = /[&<>"]/
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function escaped(text: string): string {
  return special.test(text) ? text.replace(/[&<>"]/g, (character) => escapes[character]!) : text
}
