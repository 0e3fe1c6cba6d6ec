/**
 * How many typing mistakes make a beginning of `word` into `typed`: a wrong letter, one too many, one missing, or two
 * neighbours swapped (optimal string alignment), the least over all beginnings.
 */
export interface PrefixDistance {
  readonly edits: number
  /** The whole word has as few. */
  readonly whole: boolean
}

export function prefixDistance(typed: string, word: string): PrefixDistance {
  const columns = Math.min(word.length, typed.length * 2) // what lies behind costs more than it could save
  let beforeLast: number[] = []
  let last = Array.from({ length: columns + 1 }, (_, column) => column)
  for (let row = 1; row <= typed.length; row++) {
    const next = [row]
    for (let column = 1; column <= columns; column++) {
      const isSame = typed[row - 1] === word[column - 1]
      const isSwapped =
        row > 1 && column > 1 && typed[row - 1] === word[column - 2] && typed[row - 2] === word[column - 1]
      next[column] = Math.min(
        last[column]! + 1,
        next[column - 1]! + 1,
        last[column - 1]! + (isSame ? 0 : 1),
        isSwapped ? beforeLast[column - 2]! + 1 : Number.POSITIVE_INFINITY,
      )
    }
    beforeLast = last
    last = next
  }
  const edits = Math.min(...last)
  return { edits, whole: columns === word.length && last[columns] === edits }
}

/** The mistakes that are forgiven in a word of so many letters. */
export function forgivenEdits(letters: number): 0 | 1 | 2 {
  if (letters < 4) return 0
  return letters < 7 ? 1 : 2
}
