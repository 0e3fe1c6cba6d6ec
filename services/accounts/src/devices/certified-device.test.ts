import { randomBytes } from 'node:crypto'
import { verifyCertificate } from '@veche/mls'
import { DecodeError } from '@veche/protocol'
import { expect, test } from 'vitest'
import { newDevice, newPerson } from '../testing/person.ts'
import { readCertifiedDevice } from './certified-device.ts'

const alice = await newPerson('alice')
const { certificate, signaturePublicKey } = alice.device
const accountKey = alice.accountKey.publicKey

test('a certificate says what clients read in it', async () => {
  const { accountId, deviceId } = readCertifiedDevice(accountKey, certificate, signaturePublicKey)
  expect(await verifyCertificate(certificate, signaturePublicKey)).toMatchObject({ accountId, deviceId })
})

test('a certificate with any bit changed is refused, here as by clients', async () => {
  for (let at = 0; at < certificate.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const changed = certificate.with(at, certificate[at]! ^ (1 << bit))
      expect(() => readCertifiedDevice(accountKey, changed, signaturePublicKey)).toThrow(DecodeError)
      await expect(verifyCertificate(changed, signaturePublicKey)).rejects.toThrow(DecodeError)
    }
  }
})

test('a certificate is for one account and one leaf key', async () => {
  const other = await newPerson('other')
  const second = await newDevice(alice.accountKey)
  for (const leafKey of [
    second.signaturePublicKey,
    accountKey,
    randomBytes(32),
    randomBytes(31),
    new Uint8Array(),
  ]) {
    expect(() => readCertifiedDevice(accountKey, certificate, leafKey)).toThrow(DecodeError)
  }
  for (const key of [other.accountKey.publicKey, signaturePublicKey, new Uint8Array()]) {
    expect(() => readCertifiedDevice(key, certificate, signaturePublicKey)).toThrow(DecodeError)
  }
})
