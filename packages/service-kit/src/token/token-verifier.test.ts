import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { AccountId, DeviceId, randomId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { accessTokenLifetimeMs, clockSkewMs, issueAccessToken } from './access-token.ts'
import { TokenVerifier } from './token-verifier.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const keyId = randomBytes(8)
const holder = { accountId: AccountId.fromBytes(randomBytes(32)), deviceId: randomId(DeviceId) }
const nowMs = 1_800_000_000_000

function newVerifier() {
  const counted = { lookUps: 0 }
  const find = async () => {
    counted.lookUps++
    return publicKey
  }
  return { verifier: new TokenVerifier({ find }), counted }
}

test('a token is verified once, and again after it was forgotten', async () => {
  const { verifier, counted } = newVerifier()
  const token = issueAccessToken({ keyId, privateKey }, holder, nowMs)
  for (let call = 0; call < 3; call++) expect(await verifier.verify(token, nowMs)).toMatchObject(holder)
  expect(counted.lookUps).toBe(1)
})

test('a token that ended is refused though it was verified, and every changed one is refused as before', async () => {
  const { verifier } = newVerifier()
  const token = issueAccessToken({ keyId, privateKey }, holder, nowMs)
  await verifier.verify(token, nowMs)
  const ended = nowMs + accessTokenLifetimeMs + clockSkewMs
  expect(await verifier.verify(token, ended - 1)).toMatchObject(holder)
  await expect(verifier.verify(token, ended)).rejects.toMatchObject({ reason: 'token_expired' })
  for (let at = 0; at < token.length; at++) {
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
    await expect(verifier.verify(changed, nowMs)).rejects.toMatchObject({ reason: 'token_invalid' })
  }
})

test('F17 a token from the future is refused though it was verified while the clock was ahead', async () => {
  const { verifier } = newVerifier()
  const token = issueAccessToken({ keyId, privateKey }, holder, nowMs)
  await verifier.verify(token, nowMs)
  await expect(verifier.verify(token, nowMs - 2 * clockSkewMs)).rejects.toMatchObject({
    reason: 'token_invalid',
  })
  expect(await verifier.verify(token, nowMs)).toMatchObject(holder)
})
