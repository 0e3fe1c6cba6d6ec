/** Arguments whose functions and signals are carried apart, because nothing clones them. */

/** Of each: the number of the argument, and its field where it stands in one. */
export type Places = readonly (readonly [argument: number, field?: string])[]

export interface TakenApart {
  readonly args: readonly unknown[]
  readonly functions: Places
  readonly signals: Places
  readonly givenFunctions: readonly ((...args: unknown[]) => unknown)[]
  readonly givenSignals: readonly AbortSignal[]
}

type AnyFunction = (...args: unknown[]) => unknown

export function takeApart(given: readonly unknown[]): TakenApart {
  const functions: [number, string?][] = []
  const signals: [number, string?][] = []
  const givenFunctions: AnyFunction[] = []
  const givenSignals: AbortSignal[] = []
  const take = (value: unknown, place: [number, string?]): boolean => {
    if (typeof value === 'function') {
      functions.push(place)
      givenFunctions.push(value as AnyFunction)
    } else if (value instanceof AbortSignal) {
      signals.push(place)
      givenSignals.push(value)
    } else return false
    return true
  }
  const args = given.map((arg, index) => {
    if (take(arg, [index])) return undefined
    if (!isPlain(arg)) return arg
    return Object.fromEntries(Object.entries(arg).filter(([field, value]) => !take(value, [index, field])))
  })
  return { args, functions, signals, givenFunctions, givenSignals }
}

/** The arguments with what stands at each place, made by its number. */
export function putTogether(
  args: readonly unknown[],
  parts: readonly { readonly places: Places; readonly make: (number: number) => unknown }[],
): unknown[] {
  const whole = args.map((arg) => (isPlain(arg) ? { ...arg } : arg))
  for (const { places, make } of parts) {
    for (const [number, [argument, field]] of places.entries()) {
      const holder = whole[argument]
      if (field === undefined) whole[argument] = make(number)
      else if (isPlain(holder))
        Object.defineProperty(holder, field, { value: make(number), enumerable: true })
    }
  }
  return whole
}

function isPlain(value: unknown): value is object {
  return value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype
}
