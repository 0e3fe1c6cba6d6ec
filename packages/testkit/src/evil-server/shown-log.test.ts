import { create } from '@bufbuild/protobuf'
import { type Entry, EntryKind, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'
import { ShownLog } from './shown-log.ts'

const real = create(EntrySchema, {
  position: 1n,
  kind: EntryKind.COMMIT,
  messageId: new Uint8Array(16).fill(1),
  accountId: new Uint8Array(32).fill(2),
  deviceId: new Uint8Array(16).fill(3),
  mlsMessage: new Uint8Array(40).fill(4),
  epoch: 0n,
})

test('a log is the real one as long as it says the same of everything that devices go by', () => {
  const altered = (change: Partial<Entry>) => shown(create(EntrySchema, { ...real, ...change }))
  expect(shown(real).isRealUpTo(1n)).toBe(true)
  expect(altered({ epoch: 1n }).isRealUpTo(1n)).toBe(true)
  expect(altered({ kind: EntryKind.APPLICATION }).isRealUpTo(1n)).toBe(false)
  expect(altered({ mlsMessage: new Uint8Array(40) }).isRealUpTo(1n)).toBe(false)
  expect(altered({ messageId: new Uint8Array(16) }).isRealUpTo(1n)).toBe(false)
})

function shown(entry: Entry): ShownLog {
  const log = new ShownLog(new Uint8Array(16), 0n)
  log.take([real])
  log.turn(() => [entry])
  return log
}
