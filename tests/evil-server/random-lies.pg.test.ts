/**
 * A server that lies at random: random traffic among three people in private chats, random tamperings with what each of
 * them is told, judged by what must hold all the same (packages/testkit/src/evil-server/random/judge.ts). VECHE_SEED
 * repeats a run; a story that fails is made as short as it can be, and printed.
 */
import { EvilServer, findingsIn, play, type Stage, setScene, stories } from '@veche/testkit/evil-server'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

const RUNS = process.env.VECHE_LONG === '1' ? 10_000 : 60
const MS_A_RUN = 10_000

let server: EvilServer
let stage: Stage
beforeAll(async () => {
  server = await EvilServer.start()
  stage = await setScene(server)
})
afterAll(() => server[Symbol.asyncDispose]())

test(
  `A1 A2 A9 A11 ${RUNS} random evil servers add no reader and lie to nobody unnoticed`,
  async () => {
    const seed = Number(process.env.VECHE_SEED ?? Math.floor(Math.random() * 2 ** 31))
    process.stdout.write(`evil server: VECHE_SEED=${seed}\n`)
    const property = fc.asyncProperty(stories(3), (steps) =>
      play(stage, steps, async (story) => expect(await findingsIn(story)).toEqual([])),
    )
    await fc.assert(property, { seed, numRuns: RUNS, interruptAfterTimeLimit: RUNS * MS_A_RUN })
  },
  RUNS * MS_A_RUN + 60_000,
)
