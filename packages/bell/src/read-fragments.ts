/**
 * Reads the service's answers: a strict subset of HTML (docs/wire/nichatka.md, Fragments). No browser's parser ever sees an answer, so that
 * none can be deceived (C1, C2), and what this returns names nothing outside the two lists below.
 *
 * Invariants
 * - An answer is read whole or refused whole.
 * - Whatever the input, the only thing thrown is a `FragmentError`; time and memory are linear in a size that is checked first.
 */

export interface FragmentNode {
  readonly name: string
  /** In the order of the answer, each name once. */
  readonly attributes: readonly (readonly [name: string, value: string])[]
  readonly children: (FragmentNode | string)[]
}

export class FragmentError extends Error {
  override readonly name = 'FragmentError'
}

const maxChars = 4_000_000
const maxTags = 200_000
const maxTagChars = 65_536
const maxDepth = 64

const elementNames =
  /^(?:article|bdi|br|button|details|div|fieldset|form|h[23]|header|input|label|legend|li|mark|nav|ol|optgroup|option|output|p|section|select|small|span|strong|summary|textarea|time|ul)$/
const attributeNames =
  /^(?:(?:aria|data)-[a-z][a-z\d-]*|autocomplete|checked|class|datetime|dir|disabled|enterkeyhint|for|hidden|id|inputmode|lang|list|maxlength|minlength|multiple|name|open|part|placeholder|readonly|required|role|rows|selected|size|tabindex|title|type|value)$/
const types = /^(?:button (?:button|submit)|input (?:checkbox|date|hidden|radio|search|text))$/
const unescaped = { amp: '&', lt: '<', gt: '>', quot: '"' }

/** @throws FragmentError for anything outside the subset */
export function readFragments(text: string): readonly FragmentNode[] {
  if (text.length > maxChars) refuse()
  const [before = '', ...pieces] = text.split('<', maxTags + 1)
  if (pieces.length === maxTags) refuse()
  const top: FragmentNode = { name: '', attributes: [], children: [] }
  const open = [top]
  addText(open, before)
  for (const piece of pieces) {
    const end = piece.indexOf('>')
    if (end < 0 || end > maxTagChars) refuse()
    readTag(open, piece.slice(0, end))
    addText(open, piece.slice(end + 1))
  }
  if (open.length > 1) refuse()
  return top.children as FragmentNode[]
}

/** What an element says under an attribute's name; undefined where it says nothing. */
export function attributeOf(node: FragmentNode, name: string): string | undefined {
  return node.attributes.find((attribute) => attribute[0] === name)?.[1]
}

function readTag(open: FragmentNode[], tag: string): void {
  const parent = open[open.length - 1]!
  if (tag[0] === '/') {
    if (open.length === 1 || tag.slice(1) !== parent.name) refuse()
    open.pop()
    return
  }
  const name = /^[a-z\d]*/.exec(tag)![0]
  if (!elementNames.test(name) || open.length > maxDepth) refuse()
  const node = { name, attributes: readAttributes(name, tag.slice(name.length).trimEnd()), children: [] }
  if (parent.name === '' && !/^[a-z]+\d*$/.test(attributeOf(node, 'data-key') ?? '')) refuse()
  parent.children.push(node)
  if (name !== 'br' && name !== 'input') open.push(node)
}

function readAttributes(element: string, text: string): [string, string][] {
  const attributes = new Map<string, string>()
  const attribute = /[ \n]+([a-z\d-]+)(?:="([^"]*)")?/y
  let at = 0
  while (at < text.length) {
    const [, name = '', value = ''] = attribute.exec(text) ?? refuse()
    if (!attributeNames.test(name) || attributes.has(name)) refuse()
    if (name === 'type' && !types.test(`${element} ${value}`)) refuse()
    attributes.set(name, unescapeText(value))
    at = attribute.lastIndex
  }
  return [...attributes]
}

function addText(open: FragmentNode[], text: string): void {
  const parent = open[open.length - 1]!
  if (parent.name !== '') {
    if (text !== '') parent.children.push(unescapeText(text))
  } else if (/\S/.test(text)) refuse()
}

function unescapeText(text: string): string {
  if (/>|&(?!(?:amp|lt|gt|quot);)/.test(text)) refuse()
  return text.replace(/&(\w+);/g, (_, name: keyof typeof unescaped) => unescaped[name])
}

function refuse(): never {
  throw new FragmentError('not a fragment of Nichatka')
}
