/**
 * C13: every regular expression of the service and of the widget, found in their sources, under texts made to keep it
 * busy. Steps are counted, not seconds: they must grow with the length alone, or the expression never sees a long text.
 */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { SteppedExpression, TooManySteps } from './matching-steps.ts'

const root = join(import.meta.dirname, '../..')
const folders = ['services/nichatka/src', 'packages/bell/src', 'integrations/node/src']

/** Steps grow faster than the text, which has at most so many characters: its size is looked at first. */
const capped: ReadonlyMap<string, number> = new Map([
  [/"(?:[^"\\]|\\.)*"/.source, 1_024], // the payload of a token
])
/** The operator's own file, which is JSON by then: every text in it ends. */
const trusted: readonly string[] = [/("(?:[^"\\]|\\.)*")|\s+/.source]
const maxSteps = 10_000_000

const found = folders.flatMap((folder) =>
  globSync('**/*.ts', { cwd: join(root, folder) })
    .filter((file) => !file.includes('test'))
    .flatMap((file) => expressionsIn(join(folder, file))),
)

test('C13 the expressions are found', () => {
  expect(found.length).toBeGreaterThan(20)
})

test.each(found.filter(({ expression }) => !trusted.includes(expression.source)))(
  'C13 $file: $expression',
  ({ expression }) => {
    const stepped = new SteppedExpression(expression)
    const cap = capped.get(expression.source)
    for (const text of hostileTexts(stepped.characters)) {
      const steps = stepped.steps(text(cap ?? 4_000), maxSteps)
      if (cap !== undefined) continue
      expect(steps, JSON.stringify(text(20))).toBeLessThan(2.1 * stepped.steps(text(2_000), maxSteps) + 1_000)
    }
  },
)

test('C13 how long the slowest takes on 100,000 characters is told', () => {
  const times = found.flatMap(({ expression }) => {
    const { characters } = new SteppedExpression(expression)
    const length = capped.get(expression.source) ?? (trusted.includes(expression.source) ? 0 : 100_000)
    return hostileTexts(characters).map((text) => ({ expression, ms: timeOf(expression, text(length)) }))
  })
  const { expression, ms } = times.reduce((a, b) => (a.ms > b.ms ? a : b))
  console.info(`C13: ${found.length} expressions; the slowest ${ms.toFixed(1)} ms: ${expression}`)
})

function timeOf(expression: RegExp, text: string): number {
  const begin = performance.now()
  text.search(expression)
  return performance.now() - begin
}

test('C13 an expression that grows faster is noticed', () => {
  for (const expression of [/(a+)+$/, /(?:a|aa)*b/, /\s+$/, /"(?:[^"\\]|\\.)*"/]) {
    const stepped = new SteppedExpression(expression)
    const isNoticed = hostileTexts(stepped.characters).some((text) => {
      try {
        return stepped.steps(text(400), 100_000) > 3 * stepped.steps(text(200), 100_000)
      } catch (error) {
        return error instanceof TooManySteps
      }
    })
    expect([`${expression}`, isNoticed]).toEqual([`${expression}`, true])
  }
})

/** One character again and again, two in turn, and either with something before or behind that it may not end with. */
function hostileTexts(characters: readonly string[]): ((length: number) => string)[] {
  const pairs = characters.flatMap((a) => characters.map((b) => (a === b ? a : a + b)))
  return pairs.flatMap((pair) =>
    ['', '\u0000', 'a'].flatMap((end) =>
      ['', ...characters.slice(0, 6)].map(
        (start) => (length: number) => start + pair.repeat(length / pair.length) + end,
      ),
    ),
  )
}

/** Expressions stand on one line each, after what no division stands after. */
function expressionsIn(file: string): { readonly file: string; readonly expression: RegExp }[] {
  const source = readFileSync(join(root, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
  const literals = source.matchAll(
    /(?:[=(,:!?&|{]|=>|return|^)\s*\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([a-z]*)/gm,
  )
  return [...literals].map(([, expression, flags]) => ({ file, expression: new RegExp(expression!, flags) }))
}
