/**
 * A program in a terminal of its own, as a person has it: keys go in, and what it draws is read back from the cells of
 * a terminal emulator. The pseudo-terminal is made by `script` of util-linux, so that nothing has to be compiled.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import xterm from '@xterm/headless'

export interface PseudoTerminalOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
}

const PATIENCE_MS = 40_000

/** What keys send, as xterm does. */
export const keys = {
  enter: '\r',
  altEnter: '\u{1b}\r',
  escape: '\u{1b}',
  tab: '\t',
  up: '\u{1b}[A',
  down: '\u{1b}[B',
  right: '\u{1b}[C',
  left: '\u{1b}[D',
  home: '\u{1b}[H',
  end: '\u{1b}[F',
  pageUp: '\u{1b}[5~',
  pageDown: '\u{1b}[6~',
  ctrlEnd: '\u{1b}[1;5F',
  altUp: '\u{1b}[1;3A',
  altDown: '\u{1b}[1;3B',
  backspace: '\u{7f}',
  f1: '\u{1b}OP',
  /** @param letter from a to z */
  ctrl: (letter: string) => String.fromCharCode(letter.charCodeAt(0) - 96),
  paste: (text: string) => `\u{1b}[200~${text}\u{1b}[201~`,
} as const

export class PseudoTerminal implements AsyncDisposable {
  /** The emulator, for those who look at colours and modes. */
  readonly emulator: xterm.Terminal
  /** All that was written, escape sequences included. */
  output = ''
  /** The exit code. */
  readonly ended: Promise<number>
  readonly #child: ChildProcess
  readonly #folder: string
  #changed: () => void = () => {}

  /** @param command program and arguments */
  static async start(
    command: readonly string[],
    { columns = 80, rows = 24, env = {} }: PseudoTerminalOptions = {},
  ): Promise<PseudoTerminal> {
    const folder = await mkdtemp(join(tmpdir(), 'veche-pty-'))
    const size = `stty rows ${rows} cols ${columns}`
    const line = `tty >'${folder}/tty'; echo $$ >'${folder}/pid'; ${size}; exec ${command.map(quoted).join(' ')}`
    const child = spawn('script', ['-qfec', line, '/dev/null'], {
      env: { ...process.env, TERM: 'xterm-256color', LANG: 'C.UTF-8', NO_COLOR: '', ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    return new PseudoTerminal(child, folder, columns, rows)
  }

  private constructor(child: ChildProcess, folder: string, columns: number, rows: number) {
    this.#child = child
    this.#folder = folder
    this.emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true })
    this.ended = once(child, 'close').then(([code]) => code as number)
    child.stdout!.setEncoding('utf8')
    child.stdout!.on('data', (text: string) => {
      this.output += text
      this.emulator.write(text, () => this.#changed())
    })
    child.stdin!.on('error', () => {}) // typed after the program had ended
  }

  /** Types text or keys, as one piece. */
  type(text: string): void {
    this.#child.stdin!.write(text)
  }

  /** The rows as they are seen, without the spaces at their ends. */
  screen(): string[] {
    const { active } = this.emulator.buffer
    return Array.from({ length: this.emulator.rows }, (_, y) => {
      // The emulator itself leaves the spaces that were written, and so what it gives went by how a row was drawn.
      return (
        active
          .getLine(active.viewportY + y)
          ?.translateToString(true)
          .trimEnd() ?? ''
      )
    })
  }

  /** Whether the program shows the cursor. */
  get hasCursor(): boolean {
    return this.output.lastIndexOf('\u{1b}[?25h') > this.output.lastIndexOf('\u{1b}[?25l')
  }

  /** All rows as one text. */
  text(): string {
    return this.screen().join('\n')
  }

  /** Resolves once the screen shows it. @throws Error with the screen when it does not come */
  async waitFor(what: string | RegExp | ((text: string) => boolean)): Promise<void> {
    const isThere = () => {
      const text = this.text()
      if (typeof what === 'string') return text.includes(what)
      return what instanceof RegExp ? what.test(text) : what(text)
    }
    const patience = AbortSignal.timeout(PATIENCE_MS)
    while (!isThere()) {
      const changed = new Promise<void>((resolve) => {
        this.#changed = resolve
        patience.addEventListener('abort', () => resolve(), { once: true })
      })
      if (patience.aborted) throw new Error(`there is no ${String(what)} on the screen:\n${this.text()}`)
      await changed
    }
  }

  /** As when a person pulls the window's corner: the program is told by SIGWINCH. */
  async resize(columns: number, rows: number): Promise<void> {
    const tty = await this.#note('tty')
    this.emulator.resize(columns, rows)
    const stty = spawn('stty', ['-F', tty, 'rows', String(rows), 'cols', String(columns)])
    await once(stty, 'close')
  }

  /** Sends a signal to the program itself. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    process.kill(Number(await this.#note('pid')), signal)
  }

  /** Ends the program if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null) {
      await this.signal('SIGKILL').catch(() => {}) // it ended meanwhile
      await this.ended
    }
    this.emulator.dispose()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** What the program's shell wrote down before it became the program. */
  async #note(name: 'tty' | 'pid'): Promise<string> {
    for (;;) {
      const text = await readFile(join(this.#folder, name), 'utf8').catch(() => '')
      if (text.endsWith('\n')) return text.trim()
      await sleep(20)
    }
  }
}

function quoted(argument: string): string {
  return `'${argument.replaceAll("'", "'\\''")}'`
}
