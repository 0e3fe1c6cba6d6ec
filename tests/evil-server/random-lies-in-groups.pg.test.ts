/**
 * As random-lies.pg.test.ts, in groups of three to six: people make groups, bring in, put out, change roles, race, make
 * links and join by them, leave; the server lies to each, and is forked, rolled back and reset under them.
 */
import {
  EvilServer,
  findingsIn,
  type GroupStory,
  groupStories,
  playInGroups,
  type Stage,
  setGroupScene,
} from '@veche/testkit/evil-server'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'

const RUNS = process.env.VECHE_LONG === '1' ? 10_000 : 40
const MS_A_RUN = 20_000

/** Tried always, and first: each once had somebody let in whom no member meant; or, the first two, a device come in anew. */
const WORST: GroupStory[] = [
  {
    people: 6,
    steps: [
      {
        do: 'lie',
        who: 2,
        lies: [
          { about: 'answer', how: 'roster' },
          { about: 'entry', nth: 2, how: 'forged-as-own' },
        ],
      },
      { do: 'lie', who: 0, lies: [{ about: 'entry', nth: 3, how: 'altered-device' }] },
      { do: 'bring', who: 2, group: 0, to: 5 },
      { do: 'say-in', who: 5, group: 0, texts: 2 },
      { do: 'bring', who: 3, group: 0, to: 5 },
      { do: 'lie', who: 0, lies: [{ about: 'entry', nth: 2, how: 'held' }] },
      { do: 'say-in', who: 5, group: 1, texts: 1 },
      { do: 'say-in', who: 4, group: 0, texts: 2 },
      { do: 'say-in', who: 4, group: 1, texts: 3 },
    ],
  },
  {
    people: 3,
    steps: [
      { do: 'lie', who: 0, lies: [{ about: 'entry', nth: 1, how: 'forged-as-own' }] },
      { do: 'say-in', who: 0, group: 0, texts: 1 },
      { do: 'restart', who: 0 },
      { do: 'bring', who: 0, group: 0, to: 0 },
      { do: 'rename', who: 0, group: 0 },
      { do: 'join', who: 0, group: 0, to: 0 },
      { do: 'bring', who: 0, group: 0, to: 0 },
    ],
  },
  {
    people: 3,
    steps: [
      {
        do: 'lie',
        who: 0,
        lies: [
          { about: 'inbox', how: 'forged-answer' },
          { about: 'answer', how: 'ghost' },
        ],
      },
      { do: 'listen', who: 0 },
      { do: 'say-in', who: 0, group: 0, texts: 1 },
    ],
  },
  {
    people: 3,
    steps: [
      { do: 'lie', who: 0, lies: [{ about: 'inbox', how: 'forged-welcome' }] },
      { do: 'found', who: 0 },
      { do: 'listen', who: 0 },
    ],
  },
]

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
    const examples = WORST.map((story): [GroupStory] => [story])
    await fc.assert(property, { seed, examples, numRuns: RUNS, interruptAfterTimeLimit: RUNS * MS_A_RUN })
  },
  RUNS * MS_A_RUN + 60_000,
)
