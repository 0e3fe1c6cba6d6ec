/**
 * The terminal as the screen needs it: frames go out, keys and sizes come in. Ink draws what changed, reads the
 * keyboard and gives the terminal back as it was, however the program ends.
 *
 * The mouse is not taken, so that selecting and copying works as everywhere. Automatic wrapping is off meanwhile: a
 * terminal that takes a character for wider than we do cuts a row, and does not break the ones below.
 */
import { Box, render, Text, useApp, useCursor, useInput, usePaste } from 'ink'
import { createElement as h, type ReactElement } from 'react'
import type { Tty } from '../terminal.ts'
import { type Key, keysOf } from './keys.ts'
import type { Frame, Line, Size } from './line.ts'

export interface SurfaceListener {
  onKeys(keys: readonly Key[]): void
  onResize(size: Size): void
}

export interface Surface {
  readonly size: Size
  /** Keys and sizes go here from now on. */
  attend(listener: SurfaceListener): void
  /** Rejects when drawing failed. */
  readonly failed: Promise<never>
  show(frame: Frame): void
  /** Draws everything anew, whatever other programs wrote over it. */
  redraw(): void
  /** Gives the terminal to the shell until the program is continued (Ctrl+Z). */
  suspend(): Promise<void>
  close(): Promise<void>
}

const wrapOff = '\u{1b}[?7l'
const wrapOn = '\u{1b}[?7h'
const eraseAll = '\u{1b}[2J\u{1b}[H'
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
/** A program that has no shell to stop it goes on. */
const stopMs = 200

/** @param hasColours false when the person wants none (NO_COLOR) */
export function openSurface({ input, output }: Tty, hasColours: boolean): Surface {
  let listener: SurfaceListener = { onKeys: () => {}, onResize: () => {} }
  let shown: Frame = { rows: [] }
  let drawn = 0
  let suspendTerminal: SuspendTerminal = (stopped) => stopped()
  // Ends by a signal go through the command, which closes the profile; Ink alone would end the process at once.
  const stay = () => {}
  const onResize = () => listener.onResize(sizeOf(output))
  const restore = () => void output.write(wrapOn)
  for (const signal of endings) process.on(signal, stay)
  process.once('exit', restore)
  const tree = () =>
    h(Screen, { frame: shown, drawn, hasColours, listener, onApp: (suspend) => (suspendTerminal = suspend) })
  const app = render(tree(), {
    stdin: input,
    stdout: output,
    exitOnCtrlC: false,
    patchConsole: false,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
  })
  output.write(wrapOff)
  output.on('resize', onResize)
  const ended = app.waitUntilExit()
  ended.catch(() => {}) // told by `failed`
  const surface: Surface = {
    get size() {
      return sizeOf(output)
    },
    failed: new Promise((_, reject) => ended.catch(reject)),
    attend(next) {
      listener = next
    },
    show(frame) {
      shown = frame
      app.rerender(tree())
    },
    redraw() {
      output.write(eraseAll + wrapOff)
      app.clear()
      drawn += 1
      app.rerender(tree())
    },
    async suspend() {
      await suspendTerminal(stopped)
      listener.onResize(sizeOf(output))
      surface.redraw()
    },
    async close() {
      output.off('resize', onResize)
      app.unmount()
      await ended.catch(() => {})
      restore()
      process.off('exit', restore)
      for (const signal of endings) process.off(signal, stay)
    },
  }
  surface.failed.catch(() => {}) // whoever cares listens
  return surface
}

type SuspendTerminal = (stopped: () => Promise<void>) => Promise<void>

/** Stops this process and the launcher before it, as the terminal would; resolves when they go on. */
async function stopped(): Promise<void> {
  const continued = new Promise<void>((resolve) => process.once('SIGCONT', () => resolve()))
  process.kill(0, 'SIGTSTP')
  await Promise.race([continued, new Promise((resolve) => setTimeout(resolve, stopMs))])
}

function sizeOf({ columns, rows }: Tty['output']): Size {
  return { columns: columns || 80, rows: rows || 24 }
}

interface ScreenProps {
  readonly frame: Frame
  /** How often everything was drawn anew. */
  readonly drawn: number
  readonly hasColours: boolean
  readonly listener: SurfaceListener
  readonly onApp: (suspend: SuspendTerminal) => void
}

function Screen({ frame, drawn, hasColours, listener, onApp }: ScreenProps): ReactElement {
  const { suspendTerminal } = useApp()
  const { setCursorPosition } = useCursor()
  onApp(suspendTerminal)
  useInput((input, press) => listener.onKeys(keysOf(input, press)))
  usePaste((text) => listener.onKeys([{ kind: 'paste', text }]))
  setCursorPosition(frame.cursor)
  const rows = frame.rows.map((row, y) => h(Row, { key: y, row, hasColours }))
  return h(Box, { key: drawn, flexDirection: 'column' }, ...rows)
}

function Row({ row, hasColours }: { readonly row: Line; readonly hasColours: boolean }): ReactElement {
  const spans = row.map(({ text, bold = false, dim = false, inverse = false, paper, colour }, x) => {
    const colours = paper ? onPaper : colour && { color: colour }
    return h(Text, { key: x, bold, dimColor: dim, inverse, ...(hasColours && colours) }, text)
  })
  return h(Text, { wrap: 'truncate' }, ...(spans.length > 0 ? spans : [' ']))
}

/** Of the 256 colours those two that no theme changes. */
const onPaper = { color: 'ansi256(16)', backgroundColor: 'ansi256(231)' }
