import { create as message } from '@bufbuild/protobuf'
import { AccountId, ChatId, equalBytes, randomId, utf8 } from '@veche/protocol'
import { ChatKind, ChatStateSchema, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { expect, test } from 'vitest'
import { keyPairFromSeed, sign } from './ed25519.ts'
import * as mls from './index.ts'

test('two devices of a private chat read each other', async () => {
  const [alice, bob] = [await person(), await person()]
  const state = message(ChatStateSchema, {
    policyVersion: 1,
    kind: ChatKind.PRIVATE,
    members: [alice, bob].map(({ accountId }) => ({
      accountId: AccountId.toBytes(accountId),
      role: Role.MEMBER,
    })),
  })
  const a0 = await mls.create(alice.device, { chatId: randomId(ChatId), state })
  const kp = await mls.newKeyPackage(bob.device, { nowMs: Date.now() })
  const pending = await mls.commit(a0, alice.device, { add: [kp.keyPackage] })
  const joined = await mls.join(bob.device, pending.welcome!, (ref) =>
    equalBytes(ref, kp.reference) ? kp.privatePart : undefined,
  )
  expect(mls.view(joined.group).epochDigest).toEqual(mls.view(pending.next).epochDigest)
  const sent = await mls.encrypt(joined.group, bob.device, utf8('hello'), utf8('aad'))
  const got = await mls.receive(
    mls.loadGroup(pending.saved.length ? mls.saveGroup(pending.next) : pending.saved),
    sent.message,
  )
  expect(got.kind).toBe('application')
  const update = await mls.commit(sent.group, bob.device, {})
  const got2 = await mls.receive(pending.next, update.commit)
  expect(got2).toMatchObject({ kind: 'commit' })
})

async function person() {
  const { privateKey, publicKey } = await keyPairFromSeed(crypto.getRandomValues(new Uint8Array(32)))
  const device = await mls.createDevice((bytes) => sign(privateKey, bytes), publicKey)
  const { accountId } = await mls.verifyCertificate(device.certificate, device.signaturePublicKey)
  return { device, accountId }
}
