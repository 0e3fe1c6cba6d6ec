/**
 * What somebody does at the keyboard, as a value. Command letters are taken by their place on the keyboard, so that
 * they work in the Russian layout, too.
 */

export type Key =
  /** Typed characters; with a line break inside where several lines came in one piece. */
  | { readonly kind: 'text'; readonly text: string }
  /** From a clipboard: its line breaks are kept, and it never sends anything. */
  | { readonly kind: 'paste'; readonly text: string }
  | { readonly kind: 'key'; readonly name: KeyName }

type Letter =
  | 'a'
  | 'c'
  | 'd'
  | 'e'
  | 'f'
  | 'g'
  | 'k'
  | 'l'
  | 'n'
  | 'o'
  | 'p'
  | 'r'
  | 't'
  | 'u'
  | 'w'
  | 'y'
  | 'z'

export type KeyName =
  | 'enter'
  | 'newline'
  | 'escape'
  | 'tab'
  | 'back-tab'
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'alt+up'
  | 'alt+down'
  | 'alt+left'
  | 'alt+right'
  | 'ctrl+up'
  | 'ctrl+down'
  | 'ctrl+left'
  | 'ctrl+right'
  | 'home'
  | 'end'
  | 'ctrl+home'
  | 'ctrl+end'
  | 'page-up'
  | 'page-down'
  | 'backspace'
  | 'alt+backspace'
  | 'delete'
  /** F1; any other function key does the same. */
  | 'help'
  | `ctrl+${Letter}`

/** What the reader of the terminal's input tells of a key press. */
export interface Press {
  readonly upArrow: boolean
  readonly downArrow: boolean
  readonly leftArrow: boolean
  readonly rightArrow: boolean
  readonly pageUp: boolean
  readonly pageDown: boolean
  readonly home: boolean
  readonly end: boolean
  readonly return: boolean
  readonly escape: boolean
  readonly tab: boolean
  readonly backspace: boolean
  readonly delete: boolean
  readonly ctrl: boolean
  readonly shift: boolean
  readonly meta: boolean
}

const letters = new Set('acdefgklnoprtuwyz')

/** Several keys when a slow line brings them in one piece. */
export function keysOf(input: string, press: Press): Key[] {
  const name = namedKey(input, press)
  if (name === 'unknown') return []
  if (name !== undefined) return [{ kind: 'key', name }]
  return input.split(control).flatMap((part) => controlKey(part) ?? typed(part))
}

/** On a slow line a control key may come in one piece with text. */
const control = /((?![\r\n])\p{Cc})/u

function controlKey(part: string): Key[] | undefined {
  if (part === '\t') return [{ kind: 'key', name: 'tab' }]
  if (part === '' || !control.test(part)) return undefined
  const letter = String.fromCharCode(part.charCodeAt(0) + 96)
  return letters.has(letter) ? [{ kind: 'key', name: `ctrl+${letter}` as KeyName }] : []
}

/**
 * Text that came in one piece without the marks of a paste: somebody typed while the line was slow, so an Enter before
 * or behind it is one. A line break in the middle may be that of a paste in an old terminal; whoever takes the text
 * decides. In a message it stays a line break: better a draft too long than a message too early.
 */
function typed(input: string): Key[] {
  const [, before = '', text = '', after = ''] = /^([\r\n]*)(.*?)([\r\n]*)$/s.exec(input) ?? []
  if (/[\r\n]/.test(text)) return [{ kind: 'text', text: input }]
  const typedText: Key[] = text === '' ? [] : [{ kind: 'text', text }]
  return [...Array.from(before, lineKey), ...typedText, ...Array.from(after, lineKey)]
}

function lineKey(char: string): Key {
  return { kind: 'key', name: char === '\r' ? 'enter' : 'newline' }
}

/** The same key presses where no text has several lines, so that each line break was an Enter. */
export function inLines(key: Key): Key[] {
  if (key.kind !== 'text' || !/[\r\n]/.test(key.text)) return [key]
  return key.text.split(/([\r\n])/).flatMap((part): Key[] => {
    if (part === '') return []
    return [/[\r\n]/.test(part) ? lineKey(part) : { kind: 'text', text: part }]
  })
}

function namedKey(input: string, press: Press): KeyName | 'unknown' | undefined {
  const { ctrl, meta, shift } = press
  if (press.return) return meta || shift ? 'newline' : 'enter'
  if (press.escape) return 'escape'
  if (press.tab) return shift ? 'back-tab' : 'tab'
  if (press.backspace) return meta ? 'alt+backspace' : 'backspace'
  if (press.delete) return 'delete'
  if (press.pageUp) return 'page-up'
  if (press.pageDown) return 'page-down'
  if (press.home) return ctrl ? 'ctrl+home' : 'home'
  if (press.end) return ctrl ? 'ctrl+end' : 'end'
  const arrow = arrowOf(press)
  if (arrow !== undefined) return ctrl ? `ctrl+${arrow}` : meta ? `alt+${arrow}` : arrow
  if (ctrl) {
    const letter = latinOf(input)
    return letters.has(letter) ? (`ctrl+${letter}` as KeyName) : 'unknown'
  }
  if (input === '') return 'help'
  return meta ? 'unknown' : undefined
}

function arrowOf(press: Press): 'up' | 'down' | 'left' | 'right' | undefined {
  if (press.upArrow) return 'up'
  if (press.downArrow) return 'down'
  if (press.leftArrow) return 'left'
  return press.rightArrow ? 'right' : undefined
}

const russianKeys = 'йцукенгшщзхъфывапролджэячсмитьбю.ё'
const latinKeys = "qwertyuiop[]asdfghjkl;'zxcvbnm,./`"

/** The letter that stands on the same key of a Latin keyboard, in small. */
export function latinOf(letter: string): string {
  const small = letter.toLowerCase()
  return letter === ',' ? '?' : (latinKeys[russianKeys.indexOf(small)] ?? small)
}
