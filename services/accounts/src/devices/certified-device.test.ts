import { randomBytes } from 'node:crypto'
import { AccountId, DecodeError } from '@veche/protocol'
import { expect, test } from 'vitest'
import { newDevice, newPerson } from '../testing/person.ts'
import { readCertifiedDevice } from './certified-device.ts'

const alice = await newPerson('alice')
const { certificate, signaturePublicKey } = alice.device
const accountKey = alice.accountKey.publicKey

test('a certificate names the account and the device', async () => {
  const device = await readCertifiedDevice(accountKey, certificate, signaturePublicKey)
  expect(device).toMatchObject({ certificate, signatureKey: signaturePublicKey })
  expect(AccountId.toBytes(device.accountId)).toHaveLength(32)
})

test('a certificate with any bit changed is refused', async () => {
  for (let at = 0; at < certificate.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = certificate.with(at, certificate[at]! ^ (1 << bit))
      await expect(readCertifiedDevice(accountKey, changed, signaturePublicKey)).rejects.toThrow(DecodeError)
    }
  }
})

test('a certificate is for one account and one leaf key', async () => {
  const other = await newPerson('other')
  const second = await newDevice(alice.accountKey)
  const leafKeys = [second.signaturePublicKey, accountKey, randomBytes(32), randomBytes(31), new Uint8Array()]
  for (const leafKey of leafKeys) {
    await expect(readCertifiedDevice(accountKey, certificate, leafKey)).rejects.toThrow(DecodeError)
  }
  for (const key of [other.accountKey.publicKey, signaturePublicKey, new Uint8Array()]) {
    await expect(readCertifiedDevice(key, certificate, signaturePublicKey)).rejects.toThrow(DecodeError)
  }
})
