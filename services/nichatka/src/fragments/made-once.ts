/**
 * What follows from an object that does not change, and is asked for by one request after another: made when it is first asked
 * for, and kept for as long as the object is.
 */
export function madeOnce<Source extends object, Made>(
  make: (source: Source) => Made,
): (source: Source) => Made {
  const kept = new WeakMap<Source, { readonly made: Made }>()
  return (source) => {
    const known = kept.get(source)
    if (known !== undefined) return known.made
    const made = make(source)
    kept.set(source, { made })
    return made
  }
}
