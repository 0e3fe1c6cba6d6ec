/**
 * F28: a profile that an earlier release wrote opens, with all that was in it. Each golden profile was made once, by commands
 * against a server, and is never made again; a later one is added where what is stored has changed.
 *
 * v1: Alice has a private chat with Bob, pinned, with an answer in it and a message that waits for a server; a group, muted,
 * with a link of hers; and another device.
 */
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Client } from './client.ts'
import { openProfile } from './profile.node.ts'

const golden = fileURLToPath(new URL('../golden-profiles/v1', import.meta.url))

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-golden-'))
  await cp(golden, folder, { recursive: true })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function open(): Promise<Client> {
  const opened = await openProfile(folder)
  if (opened.kind !== 'open') throw new Error(opened.kind)
  return opened.client
}

test('F28: the golden profile v1 has its account, chats, roles and settings', async () => {
  const client = await open()
  expect(client.account).toMatchObject({ kind: 'ready', handle: 'alice', administrator: true })
  const chats = client.chats()
  expect(chats).toHaveLength(2)
  expect(chats.find(({ type }) => type === 'private')).toMatchObject({
    with: { handle: 'bob', name: 'Bob' },
    state: 'open',
    binding: 'bound',
    pinned: true,
    muted: false,
    waiting: 1,
  })
  const group = chats.find(({ type }) => type === 'group')!
  expect(group).toMatchObject({
    name: 'Garden',
    description: 'Seedlings and tools',
    role: 'owner',
    muted: true,
  })
  expect(client.groups.members(group.chat).map(({ handle, role }) => [handle, role])).toEqual([
    ['alice', 'owner'],
    ['bob', 'member'],
  ])
  await client.close()
})

test('F28: the messages of the golden profile v1 are there, and it can be written on', async () => {
  const client = await open()
  const [one] = client.chats().filter(({ type }) => type === 'private')
  const messages = await client.history(one!.chat, { limit: 100 })
  expect(messages.map(({ text, state }) => [text, state])).toEqual([
    ['The seedlings are ready.', expect.stringMatching(/delivered|read/)],
    ['I will be there at five.', 'sent'],
    ['The gate is open.', expect.stringMatching(/delivered|read/)],
    ['Written without a server.', 'waiting'],
  ])
  expect(messages[2]!.replyTo).toBe(messages[1]!.id)
  const { acknowledged } = await client.send(one!.chat, 'And one more.')
  acknowledged.catch(() => {}) // there is no server
  await client.close()
  const again = await open()
  expect(again.chats().find(({ chat }) => chat === one!.chat)).toMatchObject({ waiting: 2 })
  await again.close()
})
