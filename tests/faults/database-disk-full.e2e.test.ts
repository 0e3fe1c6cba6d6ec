/**
 * F13: the disk with PostgreSQL's data fills up while two people write. While a reserve is left the server refuses what
 * would take space, and says so; reading goes on. When even the reserve is gone and PostgreSQL stops, it comes back by
 * itself once there is space, and everything is there once.
 */
import { type Client, RefusedError } from '@veche/client'
import { openDatabase } from '@veche/service-kit'
import { Conversation, NOTHING_WRONG, until } from '@veche/testkit'
import { afterAll, beforeAll, expect, test } from 'vitest'

let conversation: Conversation
let carol: Client

beforeAll(async () => {
  conversation = await Conversation.start({ diskMib: 256 })
  carol = await conversation.welcome('carol')
})
afterAll(async () => {
  await carol?.close()
  await conversation[Symbol.asyncDispose]()
})

test('F13 M17 a full disk is refused with a reason, harms nothing, and is made good by space', async () => {
  const { disk, postgres, server } = conversation
  const writers = conversation.writeAll()
  await conversation.untilMore('acknowledged', 20)

  await disk.fill(32)
  await until(() => server.output.includes('disk_nearly_full'))
  const full = conversation.lines()
  await conversation.untilMore('accepted', 10)
  expect(conversation.acknowledgedSince(full)).toEqual([])
  expect(await reasonOf(carol.requests.ask('alice'))).toBe('server_full')
  expect(await reasonOf(conversation.welcome('dave'))).toBe('server_full')
  // Reading goes on, and what makes nothing larger.
  expect(await carol.devices.list()).toHaveLength(1)
  expect((await carol.settings.setVisibility('open')).visibility).toBe('open')
  expect(await server.isReady()).toBe(true)

  await disk.fill()
  await exhaustLog()
  await until(() => postgres.postmaster === 0) // it ended, and cannot start
  await conversation.untilMore('accepted', 10)
  expect(conversation.acknowledgedSince(full)).toEqual([])

  await disk.free()
  await conversation.untilMore('acknowledged', 20)
  expect(server.output).toContain('disk_has_space')
  await conversation.stopWriting(writers)
  const { delivered, ...wrong } = await conversation.verdict()
  console.info(`F13: ${delivered} delivered`)
  expect(wrong).toEqual(NOTHING_WRONG)
}, 1_800_000)

async function reasonOf(call: Promise<unknown>): Promise<string> {
  const error = await call.catch((cause: unknown) => cause)
  return error instanceof RefusedError ? error.reason : `not refused: ${error}`
}

/** Asks for one segment of the log after the other until there is no space for the next: PostgreSQL gives up. */
async function exhaustLog(): Promise<void> {
  const url = `postgresql:///veche?host=${encodeURIComponent(conversation.database)}&user=veche`
  await using database = openDatabase({ url, schema: 'public', maxConnections: 1 })
  for (let lost = false; !lost; ) {
    await database
      .query('SELECT pg_logical_emit_message(true, $1, $2)', ['', 'x'.repeat(1_000_000)])
      .catch(() => {
        lost = true
      })
  }
}
