/** How a text is compared when people search. */

/**
 * NFKC; lower case by way of upper case, so that ß meets ss (and first lower, so that ẞ does); ё as е, as Russian
 * is mostly written. Lower-casing makes a ς at the end of a word and a σ elsewhere, so they are made one.
 */
export function foldText(text: string): string {
  const lower = text.normalize('NFKC').toLowerCase().toUpperCase().toLowerCase().normalize('NFKC')
  return lower.replaceAll('ς', 'σ').replaceAll('ё', 'е')
}

/** Whether `text` contains `sought`, both folded. An empty `sought` is in every text. */
export function textMatches(text: string, sought: string): boolean {
  return foldText(text).includes(foldText(sought))
}
