/**
 * How long each decoder is tried. In `npm test` all of them together get about a minute, so that the whole suite stays
 * under ten; `npm run test:long` gives each ten minutes.
 *
 *     const trials = new MutationTrials(makeTargets)
 *     test.each(NAMES)(trials.title, (name) => trials.run(name), trials.timeoutMs)
 *     test('no decoder is left out', async () => expect(await trials.names()).toEqual(NAMES))
 */
import { type MutationTarget, mutationLoop } from './mutation-loop.ts'
import { seedFromEnvironment } from './random.ts'

const LONG_MS = 10 * 60_000
const SHARE_MS = process.env.VECHE_LONG === '1' ? LONG_MS : 800

export class MutationTrials {
  readonly timeoutMs = 2 * LONG_MS
  readonly title: string
  readonly #seed = seedFromEnvironment()
  readonly #make: () => Promise<readonly MutationTarget[]>
  #made: Promise<readonly MutationTarget[]> | undefined

  /** @param make called once, before the first trial */
  constructor(make: () => Promise<readonly MutationTarget[]>) {
    this.#make = make
    this.title = `%s gives a value or its declared error (VECHE_SEED=${this.#seed})`
  }

  async names(): Promise<string[]> {
    return (await this.#targets()).map(({ name }) => name)
  }

  /** @throws Error with the input that was answered in another way */
  async run(name: string): Promise<void> {
    const target = (await this.#targets()).find((each) => each.name === name)
    if (target === undefined) throw new Error('no such decoder')
    const { mutants, accepted, slowestMs } = await mutationLoop(target, { seed: this.#seed, forMs: SHARE_MS })
    const told = `${mutants} mutants, ${accepted} accepted, slowest ${Math.ceil(slowestMs)} ms`
    process.stdout.write(`${name}: ${told}\n`)
  }

  #targets(): Promise<readonly MutationTarget[]> {
    this.#made ??= this.#make()
    return this.#made
  }
}
