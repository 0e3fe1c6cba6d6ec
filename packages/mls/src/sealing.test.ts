import { DecodeError, utf8 } from '@veche/protocol'
import { expect, test } from 'vitest'
import { inviteSealingPrivateKey, newInvite, openSealed, sealTo } from './index.ts'

test('who holds an invite’s seed opens what is sealed to it, for the purpose it was sealed for', async () => {
  const seed = crypto.getRandomValues(new Uint8Array(32))
  const { sealingKey } = await newInvite(seed)
  const privateKey = await inviteSealingPrivateKey(seed)
  const sealed = await sealTo(sealingKey, utf8('purpose'), utf8('the present group info'))
  expect(await openSealed(privateKey, utf8('purpose'), sealed)).toEqual(utf8('the present group info'))

  const other = await inviteSealingPrivateKey(seed.map((byte) => byte ^ 1))
  const changed = sealed.with(40, sealed[40]! ^ 1)
  await expect(openSealed(other, utf8('purpose'), sealed)).rejects.toThrow(DecodeError)
  await expect(openSealed(privateKey, utf8('another'), sealed)).rejects.toThrow(DecodeError)
  await expect(openSealed(privateKey, utf8('purpose'), changed)).rejects.toThrow(DecodeError)
  await expect(openSealed(privateKey, utf8('purpose'), sealed.slice(0, 20))).rejects.toThrow(DecodeError)
  expect(await newInvite(seed)).toEqual(await newInvite(seed))
})
