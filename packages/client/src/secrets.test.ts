/** What follows from secrets, and what opens them again. */
import { AccountId, DecodeError } from '@veche/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { derive, deriveAccountKeys } from './account-keys.ts'
import { createRecoveryCode, parseRecoveryCode, verifierHash } from './recovery-code.ts'
import { unwrapSecret, wrapSecret } from './secret-wrap.ts'

const seed = Number(process.env.VECHE_SEED ?? Date.now())
const accountId = AccountId.fromBytes(new Uint8Array(32))
const label = 'veche recovery wrap v1'

test('a recovery code is 12 words, and comes back from what a person typed', () => {
  const code = createRecoveryCode()
  expect(code.words.split(' ')).toHaveLength(12)
  expect(parseRecoveryCode(`  ${code.words.toUpperCase().replaceAll(' ', '\n ')} `)).toEqual(code)
  expect(verifierHash(code)).toHaveLength(32)
  expect(verifierHash(code)).not.toEqual(verifierHash(createRecoveryCode()))
})

test('words that are no recovery code are refused by the declared error', () => {
  const abandon = Array.from({ length: 23 }, () => 'abandon')
  for (const text of ['', 'abandon', 'x'.repeat(100_000), abandon.join(' '), [...abandon, 'art'].join(' ')]) {
    expect(() => parseRecoveryCode(text)).toThrow(DecodeError)
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(() => parseRecoveryCode(text)).toThrow(DecodeError)
    }),
    { seed },
  )
})

test('a wrapped secret opens with the same input for the same account, and in no other way', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 16, maxLength: 64 }), async (input) => {
      const secret = crypto.getRandomValues(new Uint8Array(32))
      const wrapped = await wrapSecret(secret, accountId, input, label)
      expect(await unwrapSecret(wrapped, accountId, input, label)).toEqual(secret)
      const other = AccountId.fromBytes(new Uint8Array(32).fill(1))
      const attempts = [
        () => unwrapSecret(wrapped, other, input, label),
        () => unwrapSecret(wrapped, accountId, input.subarray(1), label),
        () => unwrapSecret(wrapped, accountId, input, 'veche account secret wrap v1'),
        () => unwrapSecret({ ...wrapped, version: 2 }, accountId, input, label),
        () =>
          unwrapSecret({ ...wrapped, ciphertext: wrapped.ciphertext.subarray(1) }, accountId, input, label),
        () => unwrapSecret(undefined, accountId, input, label),
      ]
      for (const attempt of attempts) await expect(attempt()).rejects.toThrow(DecodeError)
    }),
    { seed, numRuns: 20 },
  )
})

test('A18: keys of different purposes are different, and of one secret the same', async () => {
  const secret = new Uint8Array(32).fill(5)
  const keys = await deriveAccountKeys(secret)
  expect((await deriveAccountKeys(secret)).accountId).toBe(keys.accountId)
  const all = [
    derive(secret, 'veche account signing key v1'),
    derive(secret, 'veche account backup key v1'),
    keys.notesKey,
    derive(secret, 'veche recovery verifier v1'),
    keys.accountKey,
    keys.backupKey,
  ]
  expect(new Set(all.map(String)).size).toBe(all.length)
  const signature = await keys.sign(new Uint8Array(1))
  keys.wipe()
  expect(await keys.sign(new Uint8Array(1))).not.toEqual(signature)
})
