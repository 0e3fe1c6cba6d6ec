/** The same colour for the same account, here and everywhere; which one means nothing. */
import type { Colour } from './line.ts'

const colours: readonly Colour[] = ['cyan', 'magenta', 'blue', 'green']

export function nameColour(account: string): Colour {
  let sum = 0
  for (const char of account) sum = (sum * 31 + char.charCodeAt(0)) % 65_521
  return colours[sum % colours.length]!
}
