import { create } from '@bufbuild/protobuf'
import {
  type ChatState,
  ChatStateSchema,
  MemberSchema,
  Role,
} from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { concatBytes, DecodeError, decodeCanonical, decodeMessage, encodeMessage } from './index.ts'

const state: ChatState = create(ChatStateSchema, {
  policyVersion: 1,
  members: [{ accountId: new Uint8Array(32).fill(7), role: Role.OWNER }],
})

test('canonical bytes decode to what was encoded', () => {
  const bytes = encodeMessage(ChatStateSchema, state)
  expect(decodeCanonical(ChatStateSchema, bytes, 1000)).toEqual(state)
})

test.each([
  ['an unknown field', [0xf8, 0x07, 0x01]],
  ['an explicit default', [0x10, 0x00]],
  ['a field out of order', [0x08, 0x01]],
  ['a non-minimal number', [0x40, 0x81, 0x00]],
])('%s is another spelling and is refused', (_name, extra) => {
  const bytes = concatBytes(encodeMessage(ChatStateSchema, state), Uint8Array.from(extra))
  expect(() => decodeCanonical(ChatStateSchema, bytes, 1000)).toThrow(DecodeError)
})

test('size is checked before anything is parsed', () => {
  const bytes = encodeMessage(ChatStateSchema, state)
  expect(() => decodeMessage(ChatStateSchema, bytes, bytes.length - 1)).toThrow(/at most/)
})

test('any bytes decode canonically to themselves or give a DecodeError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        const message = decodeCanonical(MemberSchema, bytes, 200)
        expect([...encodeMessage(MemberSchema, message)]).toEqual([...bytes])
      } catch (error) {
        expect(error).toBeInstanceOf(DecodeError)
      }
    }),
    { numRuns: 2000 },
  )
})
