/**
 * What a command needs of the world around it: the terminal it was started in, the other end of a profile's
 * socket when it was handed over, or a test.
 */
import type { Progress } from './handover/frames.ts'

export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Width for help texts. */
  readonly columns: number
  /** Whether standard output obeys colours: nobody wants their codes in a file. */
  readonly colours: boolean
  /** Aborted when the person wants the command to end: Ctrl-C, SIGTERM, output that nobody reads any more. */
  readonly interrupted: AbortSignal
  /**
   * Standard output. Resolves once more may be written.
   * @param progress how far the command has come with this: it arrives with the text, or neither does
   */
  write(text: string, progress?: Progress): Promise<void>
  /** Standard error. */
  complain(text: string): void
  /** All of standard input; undefined when it is longer than `maxBytes`. The same answer each time. */
  readInput(maxBytes: number): Promise<string | undefined>
  /** Asks for a secret without showing it; undefined when there is nobody to ask. */
  askHidden(question: string): Promise<string | undefined>
  /** Asks for a word; undefined, as the method may be, when there is nobody to ask. */
  ask?(question: string): Promise<string | undefined>
  /** The screen and the keyboard themselves; absent when either is a pipe or a file. */
  readonly tty?: Tty
  /** Tells whoever may have to take the command up how far it has come. */
  report?(progress: Progress): void
}

export interface Tty {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
}
