/**
 * Counts what a backtracking engine does to match a regular expression: one step for each instruction. It is V8's kind of
 * engine without its short cuts, so that where the steps grow with the length alone, V8's time does too (C13). Only what
 * single characters are is asked of the real engine.
 */

type Instruction =
  | { readonly do: 'one'; readonly isOne: (character: string) => boolean }
  | { do: 'split'; first: number; second: number }
  | { do: 'jump'; to: number }
  | { readonly do: 'edge'; readonly edge: string }
  | { readonly do: 'look'; readonly program: Program; readonly isWanted: boolean }
  | { readonly do: 'match' }
type Program = readonly Instruction[]

export class TooManySteps extends Error {
  override readonly name = 'TooManySteps'
}

export class SteppedExpression {
  readonly #program: Program
  readonly #isSticky: boolean
  /** One of each kind of character that it names: what an attacker would repeat. */
  readonly characters: readonly string[]

  /** @throws Error for what it does not know, such as a reference back */
  constructor({ source, flags }: RegExp) {
    const compiler = new Compiler(source, flags.replaceAll(/[gyd]/g, ''))
    this.#program = compiler.compile()
    this.#isSticky = flags.includes('y')
    this.characters = [...compiler.characters]
  }

  /** For one match, looked for from the beginning of the text. @throws TooManySteps */
  steps(text: string, maxSteps: number): number {
    const counter = { steps: 0, maxSteps }
    for (let start = 0; start <= text.length; start++) {
      if (matches(this.#program, text, start, counter) || this.#isSticky) break
    }
    return counter.steps
  }
}

function matches(
  program: Program,
  text: string,
  start: number,
  counter: { steps: number; readonly maxSteps: number },
): boolean {
  const choices: [pc: number, at: number][] = [[0, start]]
  for (let choice = choices.pop(); choice !== undefined; choice = choices.pop()) {
    let [pc, at] = choice
    while (pc >= 0) {
      if (++counter.steps > counter.maxSteps) throw new TooManySteps()
      const instruction = program[pc]!
      switch (instruction.do) {
        case 'match':
          return true
        case 'one':
          pc = at < text.length && instruction.isOne(text[at++]!) ? pc + 1 : -1
          break
        case 'split':
          choices.push([instruction.second, at])
          pc = instruction.first
          break
        case 'jump':
          pc = instruction.to
          break
        case 'edge':
          pc = isEdge(instruction.edge, text, at) ? pc + 1 : -1
          break
        case 'look':
          pc = matches(instruction.program, text, at, counter) === instruction.isWanted ? pc + 1 : -1
      }
    }
  }
  return false
}

function isEdge(edge: string, text: string, at: number): boolean {
  if (edge === '^') return at === 0
  if (edge === '$') return at === text.length
  const isWord = (index: number) => /\w/.test(text[index] ?? ' ')
  return (isWord(at - 1) !== isWord(at)) === (edge === '\\b')
}

/** Candidates for `characters`. */
const samples = [...'aZ0_ "\'<>&;,.:/\\-+*%=#(){}[]\n\tж', '\u0000', '\u202e', '\u00a0']

/** From the source to a program, in one pass (ECMA-262, Patterns). */
class Compiler {
  readonly characters = new Set<string>()
  readonly #source: string
  readonly #flags: string
  #at = 0

  constructor(source: string, flags: string) {
    this.#source = source
    this.#flags = flags
  }

  compile(): Program {
    const program = this.#choice()
    if (this.#at < this.#source.length) throw new Error(`not understood: ${this.#source.slice(this.#at)}`)
    return [...program, { do: 'match' }]
  }

  #choice(): Instruction[] {
    const first = this.#sequence()
    if (!this.#take('|')) return first
    const second = this.#choice()
    return [
      { do: 'split', first: 1, second: first.length + 2 },
      ...moved(first, 1),
      { do: 'jump', to: first.length + 2 + second.length },
      ...moved(second, first.length + 2),
    ]
  }

  #sequence(): Instruction[] {
    let program: Instruction[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at]!)) {
      const part = this.#repeated(this.#one())
      program = [...program, ...moved(part, program.length)]
    }
    return program
  }

  #one(): Instruction[] {
    const edge = this.#match(/\^|\$|\\[bB]/y)
    if (edge !== undefined) return [{ do: 'edge', edge }]
    const look = this.#match(/\(\?[=!]/y)
    if (look !== undefined) {
      const program = this.#group()
      return [{ do: 'look', program: [...program, { do: 'match' }], isWanted: look === '(?=' }]
    }
    if (this.#match(/\((?:\?:|\?<\w+>)?(?!\?)/y) !== undefined) return this.#group()
    const character = this.#match(
      /\[(?:[^\]\\]|\\.)*\]|\\[pP]\{\w+\}|\\u\{\w+\}|\\u\w{4}|\\x\w\w|\\[^\d]|[^\\()|]/y,
    )
    if (character === undefined) throw new Error(`not understood: ${this.#source.slice(this.#at)}`)
    return [{ do: 'one', isOne: this.#isOne(character) }]
  }

  #group(): Instruction[] {
    const program = this.#choice()
    if (!this.#take(')')) throw new Error('a group is left open')
    return program
  }

  #repeated(program: Instruction[]): Instruction[] {
    const [, kind, from, to] =
      /([*+?]|\{(\d+)(?:,(\d*))?\})/.exec(this.#match(/(?:[*+?]|\{\d+(?:,\d*)?\})/y) ?? '') ?? []
    if (kind === undefined) return program
    const isLazy = this.#take('?')
    const min = kind === '+' ? 1 : Number(from ?? 0)
    const max = kind === '?' ? 1 : kind === '*' || kind === '+' || to === '' ? Infinity : Number(to ?? from)
    if (!program.some((each) => each.do === 'one')) throw new Error('something empty is repeated')
    let repeated: Instruction[] = []
    for (let count = 0; count < min; count++) repeated = [...repeated, ...moved(program, repeated.length)]
    if (max === Infinity) return [...repeated, ...moved(loop(program, isLazy), repeated.length)]
    const start = repeated.length
    const end = start + (max - min) * (program.length + 1)
    for (let count = min; count < max; count++) {
      repeated.push(split(repeated.length + 1, end, isLazy))
      repeated = [...repeated, ...moved(program, repeated.length)]
    }
    return repeated
  }

  #isOne(source: string): (character: string) => boolean {
    const expression = new RegExp(`^(?:${source})$`, this.#flags)
    const known = new Map<string, boolean>()
    const isOne = (character: string): boolean => {
      const is = known.get(character) ?? expression.test(character)
      known.set(character, is)
      return is
    }
    for (const each of samples) {
      if (isOne(each)) this.characters.add(each)
      if (this.characters.size > 0 && isOne(each)) break
    }
    return isOne
  }

  #take(character: string): boolean {
    if (this.#source[this.#at] !== character) return false
    this.#at++
    return true
  }

  #match(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at
    const [found] = expression.exec(this.#source) ?? []
    this.#at += found?.length ?? 0
    return found
  }
}

function loop(program: Instruction[], isLazy: boolean): Instruction[] {
  return [split(1, program.length + 2, isLazy), ...moved(program, 1), { do: 'jump', to: 0 }]
}

function split(into: number, past: number, isLazy: boolean): Instruction {
  return isLazy ? { do: 'split', first: past, second: into } : { do: 'split', first: into, second: past }
}

function moved(program: readonly Instruction[], by: number): Instruction[] {
  return program.map((each) => {
    if (each.do === 'jump') return { ...each, to: each.to + by }
    return each.do === 'split' ? { ...each, first: each.first + by, second: each.second + by } : each
  })
}
