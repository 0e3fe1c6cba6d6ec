/**
 * Bad input, without end: valid samples are changed at random and given to a decoder, which must give a value or throw
 * one of the errors that it declares, and nothing else. Where a spelling is to be the only one, what was accepted must
 * encode to the same bytes again.
 *
 * What a decoder accepts although it is no sample joins the samples: so the loop wanders from one valid input to the
 * next. (The engine's own coverage could guide it better, but it is counted for the coverage gate at the same time, and
 * reading it sets the count back.)
 */
import { equalBytes } from '@veche/protocol'
import { randomFrom } from './random.ts'

type ErrorClass = abstract new (...args: never[]) => Error

export interface MutationTarget {
  readonly name: string
  readonly samples: readonly Uint8Array[]
  readonly decode: (bytes: Uint8Array) => unknown
  /** The errors that it declares. */
  readonly errors: readonly ErrorClass[]
  /** Where there is one spelling only: what was accepted, as bytes. */
  readonly encode?: (value: never) => Uint8Array
  /** Inputs that were once answered with another error. */
  readonly regressions?: readonly Uint8Array[]
}

export interface MutationOutcome {
  readonly mutants: number
  readonly accepted: number
  readonly slowestMs: number
}

const MAX_SAMPLES = 64
/** Looks at the clock, and lets timers run, once in so many mutants. */
const ROUND = 16

/** @throws Error with the input in hex, for the target's regressions, as soon as one is answered in another way */
export async function mutationLoop(
  target: MutationTarget,
  { seed, forMs }: { readonly seed: number; readonly forMs: number },
): Promise<MutationOutcome> {
  const mutator = new Mutator(randomFrom(seed))
  const samples = [...target.samples]
  const outcome = { mutants: 0, accepted: 0, slowestMs: 0 }
  for (const sample of samples) {
    if ((await answer(target, sample)) === 'refused') throw found(target, sample, 'a valid sample is refused')
  }
  for (const regression of target.regressions ?? []) await answer(target, regression)
  const start = performance.now()
  do {
    for (let round = 0; round < ROUND; round++) {
      const mutant = mutator.mutate(samples)
      const begin = performance.now()
      const given = await answer(target, mutant)
      outcome.slowestMs = Math.max(outcome.slowestMs, performance.now() - begin)
      outcome.mutants++
      if (given === 'refused') continue
      outcome.accepted++
      if (samples.length < MAX_SAMPLES) samples.push(mutant)
      else samples[target.samples.length + mutator.below(MAX_SAMPLES - target.samples.length)] = mutant
    }
  } while (performance.now() - start < forMs)
  return outcome
}

async function answer(target: MutationTarget, input: Uint8Array): Promise<'accepted' | 'refused'> {
  const copy = input.slice()
  let value: unknown
  try {
    value = await target.decode(input)
  } catch (error) {
    if (target.errors.some((declared) => error instanceof declared)) return 'refused'
    throw found(target, input, `answered with ${error instanceof Error ? error.stack : String(error)}`)
  }
  if (!equalBytes(copy, input)) throw found(target, copy, 'the input was changed')
  if (target.encode && !equalBytes(target.encode(value as never), input)) {
    throw found(target, input, 'accepted, and not its one spelling')
  }
  return 'accepted'
}

function found({ name }: MutationTarget, input: Uint8Array, what: string): Error {
  return new Error(`${name}: ${what}\ninput: ${Buffer.from(input).toString('hex')}`)
}

const BYTES = [0x00, 0x01, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xfe, 0xff]
/** Lengths as protobuf (varint), MLS (RFC 9420 section 2.1.2) and frames of four bytes write them, honest and not. */
const LENGTHS = [
  '00',
  '7f',
  '8000',
  'ff01',
  'ffff03',
  'ffffffff07',
  'ffffffff0f',
  'ffffffffffffffffff01',
  '4000',
  '7fff',
  '80000000',
  'bfffffff',
  'c0000000',
  '00000000',
  '0000ffff',
  '7fffffff',
  'ffffffff',
].map((hex) => Buffer.from(hex, 'hex'))
const MAX_MUTANT_BYTES = 64 * 1024

class Mutator {
  readonly #random: () => number

  constructor(random: () => number) {
    this.#random = random
  }

  below(bound: number): number {
    return Math.floor(this.#random() * bound)
  }

  /** One to four changes to one of the samples. */
  mutate(samples: readonly Uint8Array[]): Uint8Array {
    let bytes = this.#pick(samples)
    for (let count = 1 + this.below(4); count > 0; count--) bytes = this.#change(bytes, samples)
    return Uint8Array.from(bytes.subarray(0, MAX_MUTANT_BYTES))
  }

  #change(bytes: Uint8Array, samples: readonly Uint8Array[]): Uint8Array {
    const at = this.below(bytes.length + 1)
    const end = Math.min(bytes.length, at + 1 + this.below(16))
    switch (this.below(9)) {
      case 0:
        return this.#with(bytes, at, (byte) => byte ^ (1 << this.below(8)))
      case 1:
        return this.#with(bytes, at, () => this.#pick(BYTES))
      case 2: // cut short
        return bytes.subarray(0, at)
      case 3: // a piece left out
        return joined(bytes.subarray(0, at), bytes.subarray(end))
      case 4: // a piece repeated
        return joined(bytes.subarray(0, end), ...this.#times(bytes.subarray(at, end)), bytes.subarray(end))
      case 5: // the beginning of one sample, the end of another
        return this.#splice(bytes.subarray(0, at), this.#pick(samples))
      case 6: // something put in
        return joined(bytes.subarray(0, at), this.#noise(), bytes.subarray(at))
      case 7: // another length
        return this.#overwrite(bytes, at, this.#pick(LENGTHS))
      default: // a length put in
        return joined(bytes.subarray(0, at), this.#pick(LENGTHS), bytes.subarray(at))
    }
  }

  #with(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
    const changed = Uint8Array.from(bytes)
    if (at < changed.length) changed[at] = change(changed[at]!)
    return changed
  }

  #splice(start: Uint8Array, other: Uint8Array): Uint8Array {
    return joined(start, other.subarray(this.below(other.length + 1)))
  }

  #overwrite(bytes: Uint8Array, at: number, piece: Uint8Array): Uint8Array {
    return joined(bytes.subarray(0, at), piece, bytes.subarray(at + piece.length))
  }

  /** Mostly a few, seldom very many: what is nested or counted goes deep. */
  #times(piece: Uint8Array): Uint8Array[] {
    const count = this.below(50) === 0 ? 1 + this.below(4000) : 1 + this.below(3)
    return Array.from({ length: count }, () => piece)
  }

  #noise(): Uint8Array {
    return Uint8Array.from({ length: 1 + this.below(8) }, () => this.below(256))
  }

  #pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}
