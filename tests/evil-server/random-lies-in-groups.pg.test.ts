/**
 * As random-lies.pg.test.ts, in groups of three to six: people make groups, bring in, put out, change roles, race, make
 * links and join by them, leave; the server lies to each, and is forked, rolled back and reset under them.
 */
import {
  EvilServer,
  findingsIn,
  groupStories,
  playInGroups,
  type Stage,
  setGroupScene,
} from '@veche/testkit/evil-server'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

const RUNS = process.env.VECHE_LONG === '1' ? 10_000 : 30
const MS_A_RUN = 20_000

let server: EvilServer
let stage: Stage
beforeAll(async () => {
  server = await EvilServer.start()
  stage = await setGroupScene(server)
})
afterAll(() => server[Symbol.asyncDispose]())

test(
  `A1 A2 A5 A7 A9 A11 ${RUNS} random evil servers add no reader to a group and part no members unnoticed`,
  async () => {
    const seed = Number(process.env.VECHE_SEED ?? Math.floor(Math.random() * 2 ** 31))
    process.stdout.write(`evil server, groups: VECHE_SEED=${seed}\n`)
    const property = fc.asyncProperty(groupStories(), (steps) =>
      playInGroups(stage, steps, async (story) => expect(await findingsIn(story)).toEqual([])),
    )
    await fc.assert(property, { seed, numRuns: RUNS, interruptAfterTimeLimit: RUNS * MS_A_RUN })
  },
  RUNS * MS_A_RUN + 60_000,
)
