/** F28: what every past release saved is opened and read by this one. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import * as mls from './index.ts'

const folder = new URL('../golden/', import.meta.url)

describe.each(readdirSync(folder))('F28: the state saved as %s', (name) => {
  const golden: Record<string, string> = JSON.parse(readFileSync(new URL(name, folder), 'utf8'))
  const bytes = (part: string) => Uint8Array.from(Buffer.from(golden[part]!, 'hex'))
  const read = async (group: mls.Group, part: string) => {
    const received = await mls.receive(group, bytes(part))
    return received.kind === 'application' ? new TextDecoder().decode(received.plaintext) : received
  }

  test('reads messages of its epoch and of the one before', async () => {
    const group = mls.loadGroup(bytes('group'))
    expect(await read(group, 'early')).toBe('of the epoch before')
    expect(await read(group, 'message')).toBe('of this epoch')
  })

  test('goes on from a delta', async () => {
    const group = mls.applyDelta(mls.loadGroup(bytes('group')), bytes('delta'))
    expect(await read(group, 'late')).toBe('after a delta')
    expect(await read(group, 'message')).toMatchObject({ reason: 'replayed' })
  })

  test('follows a commit, and knows its own', async () => {
    const group = mls.loadGroup(bytes('group'))
    expect(await mls.receive(group, bytes('commit'))).toMatchObject({ kind: 'commit' })
    const pending = mls.loadPending(bytes('pending'))
    expect(await mls.receive(group, pending.commit)).toEqual({ kind: 'own-commit' })
    expect(pending.epoch).toBe(mls.view(group).epoch + 1n)
  })
})
