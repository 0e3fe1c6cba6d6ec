/** A safety number as people compare it. */
const groupsInLine = 4

/** Three lines of four groups. */
export function safetyNumberText(safetyNumber: string): string {
  const groups = safetyNumber.split(' ')
  const starts = groups.map((_, index) => index).filter((index) => index % groupsInLine === 0)
  return starts.map((start) => `  ${groups.slice(start, start + groupsInLine).join(' ')}`).join('\n')
}
