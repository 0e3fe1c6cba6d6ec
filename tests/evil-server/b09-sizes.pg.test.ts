/**
 * B9: the length of what is sent tells what was written. Texts are padded to buckets before they are encrypted; here is
 * what the server is really given. That 10,000 random lengths have few sizes: packages/sync/src/content.test.ts.
 */
import type { AppendRequest } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { EvilServer, introduce, listen, say, textsOf } from '@veche/testkit/evil-server'
import { expect, test } from 'vitest'

const MAX_SIZES = 12
const LONGEST = '🌾'.repeat(16_000)

test('B9 the server sees at most 12 sizes of texts, and the longest text arrives', async () => {
  await using server = await EvilServer.start()
  const [alice, bob] = [await server.welcome('alice'), await server.welcome('bob')]
  const chat = await introduce(alice, bob)
  const sizes = new Set<number>()
  alice.line.onCall = ({ name, request }) => {
    const { entry } = request as AppendRequest
    if (name !== 'Append' || entry.case !== 'application') return
    const { mlsMessage, contentCiphertext, wrappedKey } = entry.value
    sizes.add(mlsMessage.length + contentCiphertext.length + wrappedKey.length)
  }
  const texts = Array.from({ length: 60 }, (_, index) => 'я'.repeat(1 + Math.floor(1.175 ** index)))
  await say(alice, chat, ...texts, LONGEST)
  await listen(bob)
  expect(await textsOf(bob, chat)).toEqual([...texts, LONGEST])
  expect(Math.max(...sizes)).toBeGreaterThan(65_536)
  expect(sizes.size).toBeLessThanOrEqual(MAX_SIZES)
})
