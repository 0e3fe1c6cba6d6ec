import { createHash } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import { EntryKind, EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { expect, test } from 'vitest'
import { EMPTY_LOG_HASH, type HashedEntry, hashEntry, hashLog } from './index.ts'

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest())

const entry: HashedEntry = create(EntrySchema, {
  position: 258n,
  kind: EntryKind.APPLICATION,
  accountId: new Uint8Array(32).fill(1),
  deviceId: new Uint8Array(16).fill(2),
  messageId: new Uint8Array(16).fill(3),
  mlsMessage: Uint8Array.of(4),
  contentCiphertext: Uint8Array.of(5, 5),
  wrappedKey: new Uint8Array(),
})

test('an entry is hashed as the contract says, byte for byte', () => {
  const written = Buffer.concat([
    Buffer.from('veche log entry v1\0'),
    Buffer.from('0000000000000102', 'hex'),
    Buffer.of(1),
    Buffer.alloc(32, 1),
    Buffer.alloc(16, 2),
    Buffer.alloc(16, 3),
    sha256(Uint8Array.of(4)),
    sha256(Uint8Array.of(5, 5)),
    sha256(new Uint8Array()),
  ])
  expect(hashEntry(sha256, entry)).toEqual(sha256(written))
})

test('every part of an entry counts, and so does every entry before it', () => {
  const changed: Partial<HashedEntry>[] = [
    { position: 259n },
    { kind: EntryKind.COMMIT },
    { accountId: new Uint8Array(32) },
    { deviceId: new Uint8Array(16) },
    { messageId: new Uint8Array(16) },
    { mlsMessage: new Uint8Array() },
    { contentCiphertext: Uint8Array.of(5) },
    { wrappedKey: Uint8Array.of(0) },
  ]
  const hashes = [entry, ...changed.map((change) => ({ ...entry, ...change }))].map((one) =>
    hashEntry(sha256, one),
  )
  expect(new Set(hashes.map((hash) => Buffer.from(hash).toString('hex'))).size).toBe(changed.length + 1)
  const first = hashLog(sha256, EMPTY_LOG_HASH, hashes[0]!)
  expect(hashLog(sha256, first, hashes[1]!)).not.toEqual(hashLog(sha256, EMPTY_LOG_HASH, hashes[1]!))
})
