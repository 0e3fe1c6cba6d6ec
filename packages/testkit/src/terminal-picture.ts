/**
 * What a terminal shows, as a picture: text in SVG, so that it can be read, searched and compared. Spaces are places, not
 * characters: not every viewer keeps several of them, or those at an end.
 */
import type xterm from '@xterm/headless'

export interface Theme {
  readonly ground: string
  readonly text: string
  /** The eight colours and their bright variants, by number. */
  readonly colours: readonly string[]
}

/** The colours of xterm's own light and of a common dark theme. */
export const themes = {
  light: {
    ground: '#ffffff',
    text: '#1c1c1a',
    colours: ['#000000', '#cd0000', '#007a00', '#a06a00', '#0000c8', '#b000b0', '#008080', '#666666'],
  },
  dark: {
    ground: '#1c1c1a',
    text: '#e4e4e0',
    colours: ['#000000', '#f2777a', '#8cc98c', '#e0b95a', '#8fb4e8', '#cc99cc', '#66cccc', '#d0d0d0'],
  },
} as const satisfies Record<string, Theme>

const cellWidth = 8.4
const cellHeight = 18
const margin = 12

/** @param hasCursor whether the program shows it */
export function terminalPicture(
  { cols, rows, buffer }: xterm.Terminal,
  theme: Theme,
  hasCursor: boolean,
): string {
  const { active } = buffer
  const parts: string[] = []
  for (let y = 0; y < rows; y++) {
    const runs = runsOf(active.getLine(active.viewportY + y), cols)
    parts.push(...runs.map((run) => drawn(run, y, theme)).filter((part) => part !== ''))
  }
  if (hasCursor) {
    const [x, y] = [margin + active.cursorX * cellWidth, margin + active.cursorY * cellHeight]
    parts.push(`<rect x="${round(x)}" y="${y}" width="2" height="${cellHeight}" fill="${theme.text}"/>`)
  }
  const [width, height] = [cols * cellWidth + 2 * margin, rows * cellHeight + 2 * margin]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${height}" width="${round(width)}" height="${height}"`,
    ` font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14"><title>Veche</title>`,
    `<rect width="100%" height="100%" rx="6" fill="${theme.ground}"/>\n`,
    parts.join('\n'),
    '\n</svg>\n',
  ].join('')
}

/** Neighbouring cells of one look. */
interface Run {
  readonly x: number
  readonly cells: Cell[]
  readonly look: Look
}

interface Cell {
  readonly text: string
  readonly columns: number
}

interface Phrase {
  readonly x: number
  text: string
  columns: number
}

interface Look {
  readonly bold: boolean
  readonly dim: boolean
  readonly inverse: boolean
  /** Undefined for the terminal's own. */
  readonly colour: number | undefined
  readonly ground: number | undefined
}

function runsOf(line: xterm.IBufferLine | undefined, columns: number): Run[] {
  const runs: Run[] = []
  for (let x = 0; x < columns; x++) {
    const cell = line?.getCell(x)
    if (cell === undefined || cell.getWidth() === 0) continue
    const look = lookOf(cell)
    const last = runs.at(-1)
    const one = { text: cell.getChars() || ' ', columns: cell.getWidth() }
    if (last !== undefined && JSON.stringify(last.look) === JSON.stringify(look)) last.cells.push(one)
    else runs.push({ x, cells: [one], look })
  }
  return runs
}

function lookOf(cell: xterm.IBufferCell): Look {
  return {
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    inverse: cell.isInverse() !== 0,
    colour: cell.isFgPalette() ? cell.getFgColor() : undefined,
    ground: cell.isBgPalette() ? cell.getBgColor() : undefined,
  }
}

function drawn(run: Run, row: number, theme: Theme): string {
  const { x, cells, look } = run
  const columns = cells.reduce((sum, cell) => sum + cell.columns, 0)
  const colour = colourOf(look.colour, theme) ?? theme.text
  const ground = colourOf(look.ground, theme)
  const [ink, paper] = look.inverse ? [ground ?? theme.ground, colour] : [colour, ground]
  const [left, top] = [round(margin + x * cellWidth), margin + row * cellHeight]
  const size = `width="${round(columns * cellWidth)}" height="${cellHeight}"`
  const back = paper === undefined ? '' : `<rect x="${left}" y="${top}" ${size} fill="${paper}"/>`
  const style = `${look.bold ? ' font-weight="bold"' : ''}${look.dim ? ' opacity="0.62"' : ''}`
  const texts = phrasesOf(run).map((phrase) => {
    const place = `x="${round(margin + phrase.x * cellWidth)}" y="${top + 13}"`
    const length = round(phrase.columns * cellWidth)
    return `<text ${place} textLength="${length}" fill="${ink}"${style}>${escaped(phrase.text)}</text>`
  })
  return `${back}${texts.join('')}`
}

/** What stands between places of two spaces and more. */
function phrasesOf({ x, cells }: Run): Phrase[] {
  const phrases: Phrase[] = []
  let [column, spaces] = [x, 0]
  for (const { text, columns } of cells) {
    const last = phrases.at(-1)
    if (text === ' ') spaces += 1
    else if (last === undefined || spaces > 1) phrases.push({ x: column, text, columns })
    else {
      last.text += ' '.repeat(spaces) + text
      last.columns += spaces + columns
    }
    if (text !== ' ') spaces = 0
    column += columns
  }
  return phrases
}

/** Of the 256 colours only those that the program uses: the sixteen, and black and white beyond them. */
function colourOf(number: number | undefined, { colours }: Theme): string | undefined {
  if (number === undefined) return undefined
  if (number >= 16) return number === 16 ? '#000000' : '#ffffff'
  return colours[number % 8]
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
