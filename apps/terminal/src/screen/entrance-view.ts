/** The screen while there is no account: one column in the middle. */
import { width } from '../text-width.ts'
import { languageNames } from '../words/language.ts'
import { type Entrance, welcomeChoices } from './entrance.ts'
import { type FieldName, type Form, fieldsOf } from './entrance-form.ts'
import { blank, edges, type Frame, fit, type Line, line, type Pane, span } from './line.ts'
import { type Look, lookOf, marks } from './look.ts'
import { choiceLines, textLines, writtenField } from './pane-parts.ts'
import { fieldOf } from './text-field.ts'

const widest = 64
const leastColumns = 24
const leastRows = 8

export function entranceFrame(entrance: Entrance): Frame {
  const look = lookOf(entrance)
  const { columns, rows } = entrance.size
  if (columns < leastColumns || rows < leastRows) return { rows: [line(look.words.screen.tooSmall)] }
  const room = Math.min(columns - 2, widest)
  const { lines, cursor } = pageOf(entrance, room, look)
  const height = rows - 1
  const x = Math.floor((columns - room) / 2)
  const y = Math.max(0, Math.floor((height - lines.length) / 3))
  // A form that is higher than the window moves with the field that is written in.
  const top = cursor === undefined ? 0 : Math.max(0, cursor.y - height + 3)
  const seen = lines.slice(top, top + height - y)
  const placed = [
    ...Array.from({ length: y }, () => blank),
    ...seen.map((each): Line => [span(' '.repeat(x)), ...each]),
  ]
  const body = Array.from({ length: height }, (_, row) => fit(placed[row] ?? blank, columns))
  return {
    rows: [...body, hintLine(entrance, look)],
    ...(cursor && { cursor: { x: cursor.x + x, y: cursor.y + y - top } }),
  }
}

function pageOf({ page }: Entrance, columns: number, look: Look): Pane {
  switch (page.kind) {
    case 'welcome':
      return welcomePane(page.choice, columns, look)
    case 'form':
      return formPane(page, columns, look)
    case 'recovery':
      return recoveryPane(page.handle, page.words, columns, look)
    default:
      return page satisfies never
  }
}

function welcomePane(choice: number, columns: number, { words, language }: Look): Pane {
  const other = languageNames[language === 'en' ? 'ru' : 'en']
  const texts = welcomeChoices.map((each) =>
    each === 'language' ? other : words.screen.entrance.welcomeChoices[each],
  )
  return {
    lines: [
      line(words.screen.title, { bold: true }),
      blank,
      ...textLines(words.screen.entrance.welcome, columns),
      blank,
      ...choiceLines(texts, choice),
    ],
  }
}

function formPane(form: Form, columns: number, { words }: Look): Pane {
  const lines: Line[] = [line(words.screen.entrance.formTitles[form.purpose], { bold: true }), blank]
  let cursor: Pane['cursor']
  fieldsOf(form).forEach((name, index) => {
    const isHere = index === form.at
    lines.push(line(words.screen.entrance.fields[name], isHere ? { bold: true } : { dim: true }))
    if (isHere) {
      const field = writtenField(shownField(form, name), lines.length, columns)
      cursor = field.cursor
      lines.push(...field.lines)
      const hint = textLines(words.screen.entrance.fieldHints[name], columns - 2, true)
      lines.push(...hint.map((each): Line => [span('  '), ...each]))
    } else lines.push([span('  '), span(shownField(form, name).text)])
  })
  const isButton = form.at === fieldsOf(form).length
  const button = form.isBusy
    ? words.screen.entrance.formBusy[form.purpose]
    : words.screen.entrance.formButtons[form.purpose]
  if (form.digits !== undefined)
    lines.push(blank, ...textLines(words.says.devices.showsDigits(form.digits), columns))
  else if (form.isBusy) lines.push(blank, ...textLines(button, columns))
  else lines.push(blank, ...choiceLines([button], isButton ? 0 : -1))
  if (form.told !== undefined) {
    lines.push(
      blank,
      ...textLines(form.told, columns).map((each) =>
        each.map((one) => ({ ...one, colour: 'yellow' as const })),
      ),
    )
  }
  return { lines, ...(cursor && !form.isBusy && { cursor }) }
}

/** Passwords are not seen, unless they were suggested and are to be written down. */
function shownField({ fields, isShown }: Form, name: FieldName) {
  const field = fields[name]
  if (isShown || (name !== 'password' && name !== 'again')) return field
  const hide = (text: string) => marks.hidden.repeat([...text].length)
  const hidden = fieldOf(hide(field.text))
  return { ...hidden, cursor: hide(field.text.slice(0, field.cursor)).length }
}

const wordsInRow = 3

function recoveryPane(handle: string, recovery: string, columns: number, { words }: Look): Pane {
  const numbered = recovery.split(' ').map((word, index) => `${String(index + 1).padStart(2)} ${word}`)
  const cell = Math.max(...numbered.map(width)) + 3
  const rows = Array.from({ length: Math.ceil(numbered.length / wordsInRow) }, (_, row) =>
    numbered.slice(row * wordsInRow, (row + 1) * wordsInRow),
  )
  return {
    lines: [
      line(words.says.registered(handle), { bold: true }),
      blank,
      line(words.screen.entrance.recoveryTitle, { bold: true }),
      ...textLines(words.screen.entrance.recovery, columns),
      blank,
      ...rows.map((row) =>
        line(
          `  ${row
            .map((word) => word.padEnd(cell))
            .join('')
            .trimEnd()}`,
          { bold: true },
        ),
      ),
      blank,
      ...choiceLines([words.screen.entrance.written], 0),
    ],
  }
}

function hintLine({ page, size }: Entrance, { words }: Look): Line {
  const { hints } = words.screen
  const isWaiting = page.kind === 'form' && page.isBusy && page.purpose === 'link'
  const texts = {
    welcome: [`↑ ↓ Enter ${hints.choose}`, `Ctrl+C ${hints.quit}`],
    form: isWaiting
      ? [`Esc ${hints.back}`]
      : [`Enter ${hints.next}`, `↑ ↓ ${hints.fields}`, `Esc ${hints.back}`],
    recovery: [`Enter ${hints.next}`],
  }[page.kind]
  return edges([span(' ')], [span(`${texts.join(' · ')} `, { dim: true })], size.columns)
}
