/** The keys and what each does, for the place that lists them. */
import { width } from '../text-width.ts'
import type { Words } from '../words/en.ts'
import { blank, type Line, line, span } from './line.ts'
import { marks } from './look.ts'
import { wrap } from './wrap.ts'

type KeyText = keyof Words['screen']['keyTexts']

const groups: readonly (readonly (readonly [string, KeyText])[])[] = [
  [
    ['↑ ↓', 'move'],
    ['Enter', 'open'],
    ['Esc', 'back'],
    ['Alt+↑ ↓', 'otherChat'],
    ['n  Ctrl+N', 'newChat'],
    ['g', 'newGroup'],
    ['m  Ctrl+P', 'people'],
    ['/  Ctrl+F', 'search'],
    ['v  Ctrl+G', 'safety'],
    ['k', 'keeping'],
    ['s  Ctrl+O', 'settings'],
    ['u  p', 'mutePin'],
    ['b', 'block'],
    ['Ctrl+T', 'alone'],
    ['q  Ctrl+C', 'quit'],
  ],
  [
    ['Enter', 'send'],
    ['Alt+Enter  Ctrl+J', 'newLine'],
    ['Ctrl+Y', 'answer'],
    ['PgUp  PgDn', 'scroll'],
    ['Ctrl+End', 'toEnd'],
    ['Ctrl+R', 'resend'],
    ['Ctrl+W  Ctrl+U', 'erase'],
    ['Ctrl+L', 'redraw'],
  ],
]

export function keyRows(words: Words, columns: number): Line[] {
  const widest = Math.max(...groups.flat().map(([key]) => width(key))) + 2
  const { keyTexts, keysInList, keysInWriting } = words.screen
  const [inList = [], inWriting = []] = groups.map((group) =>
    group.flatMap(([key, text]) => keyRow(key, keyTexts[text], widest, columns)),
  )
  const lists = [
    line(keysInList, { dim: true }),
    ...inList,
    blank,
    line(keysInWriting, { dim: true }),
    ...inWriting,
  ]
  return [...lists, blank, ...markRows(words, columns)]
}

/** What the marks beside own messages say. */
function markRows({ screen }: Words, columns: number): Line[] {
  const states = ['waiting', 'sent', 'delivered', 'read', 'notSent'] as const
  const rows = states.flatMap((state) => {
    return wrap(screen.stateTexts[state], Math.max(8, columns - 4)).map((row, index) => [
      span((index === 0 ? marks[state] : '').padEnd(4), { bold: true }),
      span(row.text.trimEnd()),
    ])
  })
  return [line(screen.statesOfMessages, { dim: true }), ...rows]
}

function keyRow(key: string, text: string, widest: number, columns: number): Line[] {
  const rows = wrap(text, Math.max(8, columns - widest))
  return rows.map((row, index) => [
    span((index === 0 ? key : '').padEnd(widest), { bold: true }),
    span(row.text.trimEnd()),
  ])
}
