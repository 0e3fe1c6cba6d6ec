/**
 * The recovery sheet as people get it: on the screen or in a file, with its words for writing down and its code for
 * scanning. The device forgets the words once they were given.
 */
import { open, writeFile } from 'node:fs/promises'
import { type Client, parseRecoverySheetCode, type RecoverySheet, recoverySheetCode } from '@veche/client'
import { CODE_PREFIXES, DecodeError } from '@veche/protocol'
import { columns } from './columns.ts'
import type { Context } from './context.ts'
import { wrongUse } from './failure.ts'
import type { Fields } from './output.ts'
import { oneLine } from './plain-text.ts'
import { type QrCode, qrText } from './qr-text.ts'
import type { Words } from './words/en.ts'

/** A page, in any alphabet. */
const maxFileBytes = 64 * 1024
const paper = { colours: false, columns: 80 }
const wordsInLine = 4

export interface SheetOptions {
  /** A file to write it to. */
  readonly sheet?: string
}

/**
 * Shows what a command has to say, and the sheet with it where there is one that was not shown yet.
 * @throws Failure `sheet_file` when it cannot be written: the device keeps it
 */
export async function showWithSheet(
  { output, terminal, words }: Context,
  { security }: Client,
  { fields, text }: { readonly fields: Fields; readonly text: readonly string[] },
  { sheet: path }: SheetOptions,
): Promise<void> {
  const sheet = security.recoverySheet()
  if (sheet === undefined) return output.show(fields, text)
  if (path === undefined)
    await output.show({ ...fields, recovery: sheet.words }, [...text, ...sheetParts(sheet, words)])
  else {
    await writeSheet(path, sheet, words)
    await output.show({ ...fields, sheet: path }, [...text, words.says.sheetWritten(oneLine(path))])
  }
  // Where nobody reads the output any more, nobody has it in hand.
  if (!terminal.interrupted.aborted) await security.sheetSeen()
}

/** Before anything is made: a sheet is never written over what is there. @throws Failure `sheet_file` */
export async function ensureSheetCanBeWritten({ sheet: path }: SheetOptions): Promise<void> {
  if (path === undefined) return
  const isThere = await open(path).then(
    async (file) => {
      await file.close()
      return true
    },
    () => false,
  )
  if (isThere) throw wrongUse('sheet_exists', path)
}

/** @throws Failure `sheet_unreadable` */
export async function readSheet(path: string): Promise<ReturnType<typeof parseRecoverySheetCode>> {
  try {
    const lines = (await readStart(path)).split(/\r?\n/).map((line) => line.trim())
    return parseRecoverySheetCode(lines.find((line) => line.startsWith(CODE_PREFIXES.recovery)) ?? '')
  } catch (error) {
    if (error instanceof DecodeError || (error instanceof Error && 'code' in error)) {
      throw wrongUse('sheet_unreadable', path)
    }
    throw error
  }
}

/** For one page of plain text. */
export function sheetText(sheet: RecoverySheet, words: Words): string {
  const parts = sheetParts(sheet, words).map((part) =>
    typeof part === 'string' ? part : qrText(part, paper),
  )
  return `${[...parts, recoverySheetCode(sheet)].filter((part) => part !== undefined).join('\n\n')}\n`
}

function sheetParts(sheet: RecoverySheet, words: Words): (string | QrCode)[] {
  const { labels, says } = words
  const whose = [
    [labels.server, sheet.server],
    [labels.handle, `@${sheet.handle}`],
  ]
  return [says.recovery, columns(whose, 2), numbered(sheet.words), { qr: recoverySheetCode(sheet) }]
}

/** Numbered, four in a line: they are copied by hand. */
function numbered(text: string): string {
  const cells = text.split(' ').map((word, index) => `${String(index + 1).padStart(2)} ${word}`)
  const rows = Array.from({ length: Math.ceil(cells.length / wordsInLine) }, (_, row) =>
    cells.slice(row * wordsInLine, (row + 1) * wordsInLine),
  )
  return columns(rows, 2)
}

/** Its owner's alone. */
async function writeSheet(path: string, sheet: RecoverySheet, words: Words): Promise<void> {
  try {
    await writeFile(path, sheetText(sheet, words), { mode: 0o600, flag: 'wx', flush: true })
  } catch {
    throw wrongUse('sheet_file', path)
  }
}

async function readStart(path: string): Promise<string> {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(maxFileBytes), 0, maxFileBytes, 0)
  return buffer.subarray(0, bytesRead).toString('utf8')
}
