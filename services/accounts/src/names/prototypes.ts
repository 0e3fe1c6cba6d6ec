/**
 * What Unicode calls confusable (UTS #39, confusables.txt, as the package unhomoglyph carries it) made one. ASCII is left to
 * name-skeleton.ts, which says more of it; like that file, this one is meant only for comparing with the reserved words.
 */
import confusables from 'unhomoglyph/data.json' with { type: 'json' }

const PROTOTYPES: ReadonlyMap<string, string> = new Map(
  Object.entries(confusables).filter(([character]) => character > '\u007f'),
)

/**
 * A name as it is, and its prototypes: a small letter and its capital are confused with different letters, so each is
 * looked at.
 */
export function formsOf(name: string): readonly string[] {
  const plain = toPrototypes(name)
  return [name, plain, toPrototypes(plain.toLowerCase()), toPrototypes(name.toUpperCase())]
}

function toPrototypes(name: string): string {
  return [...name].map((character) => PROTOTYPES.get(character) ?? character).join('')
}
