/**
 * A12: a ratchet turned far ahead (RFC 9420 section 15.3). That a jump of more than 4,096 generations is refused before
 * a key is derived: packages/mls/src/attacks.test.ts. Here is the other half: the bound must never keep an honest
 * person from reading what was written while they were away.
 */
import { EvilServer, introduce, listen, noticesOf, say } from '@veche/testkit/evil-server'
import { expect, test } from 'vitest'

const MESSAGES = process.env.VECHE_LONG === '1' ? 10_000 : 300

test(`A12 ${MESSAGES} messages wait on the server for one who was away, and all are read`, async () => {
  await using server = await EvilServer.start()
  const [alice, bob] = [await server.welcome('alice'), await server.welcome('bob')]
  const chat = await introduce(alice, bob)
  const texts = Array.from({ length: MESSAGES }, (_, index) => `${index}`)
  for (let from = 0; from < MESSAGES; from += 300) await say(alice, chat, ...texts.slice(from, from + 300))
  await listen(bob)
  expect((await bob.client.history(chat, { limit: MESSAGES + 1 })).map(({ text }) => text)).toEqual(texts)
  expect([...noticesOf(alice), ...noticesOf(bob)]).toEqual([])
}, 900_000)
