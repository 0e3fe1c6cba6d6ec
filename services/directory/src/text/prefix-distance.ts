/**
 * How many typing mistakes make a beginning of `word` into `typed`: a wrong letter, one too many, one missing, or two
 * neighbours swapped (optimal string alignment), the least over all beginnings.
 */
export interface PrefixDistance {
  readonly edits: number
  /** The whole word has as few. */
  readonly whole: boolean
}

/** @returns undefined where it is more than `most` */
export function prefixDistance(typed: string, word: string, most: number): PrefixDistance | undefined {
  if (word.startsWith(typed)) return { edits: 0, whole: word.length === typed.length }
  if (most === 0) return undefined
  const columns = Math.min(word.length, typed.length + most) // what lies behind costs more than is allowed
  let beforeLast: number[] = []
  let last = Array.from({ length: columns + 1 }, (_, column) => column)
  for (let row = 1; row <= typed.length; row++) {
    const next = nextRow(typed, word, [beforeLast, last])
    if (leastOf(next) > most && leastOf(last) > most) return undefined
    beforeLast = last
    last = next
  }
  const edits = leastOf(last)
  return edits > most ? undefined : { edits, whole: columns === word.length && last[columns] === edits }
}

/** Of the table of distances, the row behind the last one: beginnings of `typed` down, of `word` across. */
function nextRow(typed: string, word: string, [beforeLast, last]: readonly [number[], number[]]): number[] {
  const row = last[0]! + 1
  const next = [row]
  for (let column = 1; column < last.length; column++) {
    const isSame = typed[row - 1] === word[column - 1]
    let least = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + (isSame ? 0 : 1))
    if (row > 1 && column > 1 && typed[row - 1] === word[column - 2] && typed[row - 2] === word[column - 1]) {
      least = Math.min(least, beforeLast[column - 2]! + 1)
    }
    next.push(least)
  }
  return next
}

function leastOf(row: readonly number[]): number {
  let least = row[0]!
  for (const number of row) if (number < least) least = number
  return least
}

/** The mistakes that are forgiven in a word of so many letters. */
export function forgivenEdits(letters: number): 0 | 1 | 2 {
  if (letters < 4) return 0
  return letters < 7 ? 1 : 2
}
