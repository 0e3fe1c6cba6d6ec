/**
 * A messenger's small part of Markdown, read into values: paragraphs, quotes, lists, blocks of code; bold, italic, code,
 * links. It never makes HTML, and never fails: what is not markup is text. Work is in proportion to the text's length.
 */
export type Block =
  | { readonly kind: 'paragraph' | 'quote'; readonly lines: readonly (readonly Inline[])[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Inline[])[] }
  | { readonly kind: 'code'; readonly text: string }

export type Inline =
  | { readonly kind: 'text' | 'code' | 'mention'; readonly text: string }
  | { readonly kind: 'bold' | 'italic'; readonly parts: readonly Inline[] }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }

const FENCE = /^```[\w+-]{0,20}\s*$/
const QUOTE = /^>\s?/
const BULLET = /^[-*•]\s+/
const NUMBER = /^\d{1,3}[.)]\s+/

export function parseRichText(text: string): readonly Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; ) {
    const [block, next] = blockAt(lines, at)
    if (block !== undefined) blocks.push(block)
    at = next
  }
  return blocks
}

function blockAt(lines: readonly string[], at: number): [Block | undefined, number] {
  const line = lines[at]!
  if (line.trim() === '') return [undefined, at + 1]
  if (FENCE.test(line)) {
    const end = lines.findIndex((each, index) => index > at && each.trimEnd() === '```')
    if (end !== -1) return [{ kind: 'code', text: lines.slice(at + 1, end).join('\n') }, end + 1]
  }
  if (QUOTE.test(line)) {
    const end = endOf(lines, at, (each) => QUOTE.test(each))
    return [
      { kind: 'quote', lines: lines.slice(at, end).map((each) => parseInline(each.replace(QUOTE, ''))) },
      end,
    ]
  }
  for (const mark of [BULLET, NUMBER]) {
    if (!mark.test(line)) continue
    const end = endOf(lines, at, (each) => mark.test(each))
    const items = lines.slice(at, end).map((each) => parseInline(each.replace(mark, '')))
    return [{ kind: 'list', isOrdered: mark === NUMBER, items }, end]
  }
  const end = endOf(lines, at, (each, index) => index === at || isPlain(each))
  return [{ kind: 'paragraph', lines: lines.slice(at, end).map((each) => parseInline(each)) }, end]
}

function endOf(
  lines: readonly string[],
  at: number,
  goesOn: (line: string, index: number) => boolean,
): number {
  let end = at
  while (end < lines.length && goesOn(lines[end]!, end)) end++
  return Math.max(end, at + 1)
}

function isPlain(line: string): boolean {
  return line.trim() !== '' && ![FENCE, QUOTE, BULLET, NUMBER].some((mark) => mark.test(line))
}

const INLINE =
  /`([^`\n]{1,1000})`|\*\*(?=\S)([^*\n]{1,1000})(?<=\S)\*\*|(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]{1,1000})(?<=\S)\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_])_(?=\S)([^_\n]{1,1000})(?<=\S)_(?![\p{L}\p{N}_])|(https?:\/\/[^\s<>"'`\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,2000})|(?<![\p{L}\p{N}_.-])(@[a-z0-9][a-z0-9_.-]{1,30}[a-z0-9])/giu
const DEPTH = 3

function parseInline(text: string, depth = 0): readonly Inline[] {
  const parts: Inline[] = []
  let at = 0
  for (const match of text.matchAll(INLINE)) {
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) })
    parts.push(...partOf(match, depth))
    at = match.index + match[0].length
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) })
  return parts
}

function partOf(
  [whole, code, bold, star, low, link, mention]: RegExpMatchArray,
  depth: number,
): readonly Inline[] {
  if (code !== undefined) return [{ kind: 'code', text: code }]
  if (link !== undefined) return linkOf(link)
  if (mention !== undefined) return [{ kind: 'mention', text: mention }]
  const inner = bold ?? star ?? low
  if (inner === undefined || depth >= DEPTH) return [{ kind: 'text', text: whole }]
  return [{ kind: bold === undefined ? 'italic' : 'bold', parts: parseInline(inner, depth + 1) }]
}

/** What ends a sentence is not of the address. */
const TRAILING = /[.,;:!?)\]}»”…]+$/u

function linkOf(typed: string): readonly Inline[] {
  const end = typed.includes('(') ? /[.,;:!?\]}»”…]+$/u : TRAILING
  const address = typed.replace(end, '')
  const rest: readonly Inline[] =
    address === typed ? [] : [{ kind: 'text', text: typed.slice(address.length) }]
  const url = URL.parse(address)
  const isSafe = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  if (!isSafe) return [{ kind: 'text', text: typed }]
  return [{ kind: 'link', text: shownAddress(address, url), href: url.href }, ...rest]
}

/** A host whose letters could pass for others is shown as it is looked up. */
function shownAddress(address: string, url: URL): string {
  const typedHost = /^https?:\/\/([^/?#:]*)/i.exec(address)?.[1] ?? ''
  return isMixed(typedHost) ? url.href : address
}

function isMixed(host: string): boolean {
  return host.split('.').some((label) => {
    const scripts = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u].filter((script) =>
      script.test(label),
    )
    const isForeign = /[^\p{Script=Latin}\p{Script=Cyrillic}\p{N}\p{M}-]/u.test(label)
    return scripts.length > 1 || isForeign
  })
}
