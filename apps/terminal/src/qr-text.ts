/**
 * QR codes in characters, two modules in each. A scanner wants dark modules on a light ground and a light margin of four
 * modules (ISO/IEC 18004 §6.3.8). With colours the ground is ours, whatever the terminal's is: 16 and 231 of the 256,
 * which no theme changes. Without them the blocks are the dark modules: right on paper and on a light ground; on a dark
 * one all is reversed, margin included, which readers that follow the standard know too.
 */
import { encodeQR } from 'qr'

/** What is to be shown as a QR code. */
export interface QrCode {
  /** At most 2,000 bytes of UTF-8. */
  readonly qr: string
}

export interface Surface {
  /** Whether it obeys colours: a terminal, not a file. */
  readonly colours: boolean
  /** How many characters are in a line. */
  readonly columns: number
}

/** Modules around the code. */
const QUIET_ZONE = 4
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m'
const RESET = '\u001b[0m'

/** Lines without an end; undefined where they would be too long for the surface. */
export function qrText({ qr }: QrCode, { colours, columns }: Surface): string | undefined {
  const modules = encodeQR(qr, 'raw', { ecc: 'low', border: QUIET_ZONE })
  if (modules.length > columns) return undefined
  const lines: string[] = []
  for (let row = 0; row < modules.length; row += 2) {
    const line = lineOf(modules[row]!, modules[row + 1])
    lines.push(colours ? `${BLACK_ON_WHITE}${line}${RESET}` : line)
  }
  return lines.join('\n')
}

/** The last line has an upper half only. */
function lineOf(upper: readonly boolean[], lower: readonly boolean[] = []): string {
  return upper.map((isDark, column) => character(isDark, lower[column] ?? false)).join('')
}

function character(upper: boolean, lower: boolean): string {
  if (upper) return lower ? '█' : '▀'
  return lower ? '▄' : ' '
}
