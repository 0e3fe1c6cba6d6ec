import { DecodeError } from '@veche/protocol'
import { expect, test } from 'vitest'
import { type MutationTarget, mutationLoop } from './mutation-loop.ts'

const run = (target: Partial<MutationTarget>, forMs: number) =>
  mutationLoop(
    {
      name: 'a decoder',
      samples: [Uint8Array.of(3, 1, 2, 3)],
      errors: [DecodeError],
      decode: strict,
      ...target,
    },
    { seed: 1, forMs },
  )

/** A length, and as many bytes. */
function strict(bytes: Uint8Array): Uint8Array {
  if (bytes.length !== (bytes[0] ?? -2) + 1) throw new DecodeError('length')
  return bytes.slice(1)
}

test('a decoder that keeps the rule is asked thousands of times', async () => {
  const outcome = await run({ encode: (value: Uint8Array) => Uint8Array.of(value.length, ...value) }, 100)
  expect(outcome.mutants).toBeGreaterThan(100)
  expect(outcome.accepted).toBeGreaterThan(0)
})

test.each<[string, Partial<MutationTarget>, RegExp]>([
  ['another error', { decode: (bytes) => strict(bytes).reduce((a, b) => a + b) }, /answered with TypeError/],
  [
    'a second spelling',
    { decode: (bytes) => bytes[0], encode: (first: number) => Uint8Array.of(first, 1, 2, 3) },
    /spelling/,
  ],
  ['a changed input', { decode: (bytes) => bytes.fill(0) }, /was changed/],
  ['a refused sample', { samples: [Uint8Array.of(9)] }, /sample is refused/],
])('%s is found, with the input', async (_name, target, message) => {
  const untilFoundMs = 60_000
  await expect(run(target, untilFoundMs)).rejects.toThrow(message)
  await expect(run(target, untilFoundMs)).rejects.toThrow(/input: /)
})
