/**
 * Makes golden/vN.history: an exported file as this version writes it, for later versions to open. Run once a form:
 * `node packages/client/test/make-golden-export.ts v1`
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ExportWriter } from '@veche/history'
import { argon2id } from '@veche/history/node'
import { createDevice, verifyCertificate } from '@veche/mls'
import { concatBytes, DeviceId, keyPairFromSeed, sign } from '@veche/protocol'
import {
  GOLDEN_ACCOUNT_SEED,
  GOLDEN_CHATS,
  GOLDEN_PASSPHRASE,
  GOLDEN_STRETCHING,
  goldenEntries,
} from './golden-export.ts'

const account = await keyPairFromSeed(GOLDEN_ACCOUNT_SEED)
const device = await createDevice(
  (bytes) => sign(account.privateKey, bytes),
  account.publicKey,
  DeviceId.fromBytes(new Uint8Array(16).fill(4)),
)
const { accountId } = await verifyCertificate(device.certificate, device.signaturePublicKey)
const pieces: Uint8Array[] = []
const writer = await ExportWriter.begin(async (bytes) => void pieces.push(bytes), {
  accountId,
  passphrase: GOLDEN_PASSPHRASE,
  stretch: argon2id,
  stretching: GOLDEN_STRETCHING,
})
for (const chatId of GOLDEN_CHATS) {
  await writer.chat({ chatId, handle: 'bob', name: 'Боб' })
  for (const entry of goldenEntries(chatId)) await writer.message(entry)
}
await writer.end({
  certificate: device.certificate,
  signatureKey: device.signaturePublicKey,
  sign: (bytes) => sign(device.signaturePrivateKey, bytes),
})
const path = fileURLToPath(new URL(`../golden/${process.argv[2]}.history`, import.meta.url))
// Fails when it is there already: a golden file is never made again.
writeFileSync(path, concatBytes(...pieces), { flag: 'wx' })
