import { afterEach, expect, test, vi } from 'vitest'
import { suite } from './provider.ts'

afterEach(() => vi.restoreAllMocks())

test('a key that the platform fails to make is made again, and not for ever', async () => {
  const make = vi.spyOn(crypto.subtle, 'generateKey')
  make.mockRejectedValueOnce(new DOMException('of this key alone', 'OperationError'))
  const pair = await suite.hpke.generateKeyPair()
  const [text, info] = [new Uint8Array([1, 2, 3]), new Uint8Array()]
  const { enc, ct } = await suite.hpke.seal(pair.publicKey, text, info)
  expect(await suite.hpke.open(pair.privateKey, enc, ct, info)).toEqual(text)

  make.mockRejectedValue(new DOMException('of any key', 'OperationError'))
  make.mockClear()
  await expect(suite.hpke.generateKeyPair()).rejects.toThrow()
  expect(make).toHaveBeenCalledTimes(5)
})
