/** An update whose path is broken for a part of the tree (A10): the engine's own, but for some of its ciphertexts. */
import type { CiphersuiteImpl } from 'ts-mls'
import { createCommit } from 'ts-mls/createCommit.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import type { Device } from '../device.ts'
import { type Group, signedBy, toGroup } from '../group.ts'
import { suite } from '../provider.ts'

/** @param isBroken whether the commit's nth HPKE ciphertext is noise. @returns the commit, and its maker's next group */
export async function brokenUpdate(
  group: Group,
  device: Device,
  isBroken: (index: number) => boolean,
): Promise<{ readonly commit: Uint8Array; readonly next: Group; readonly sealed: number }> {
  let sealed = 0
  const hpke: CiphersuiteImpl['hpke'] = {
    ...suite.hpke,
    async seal(publicKey, plaintext, info, aad) {
      const made = await suite.hpke.seal(publicKey, plaintext, info, aad)
      return isBroken(sealed++) ? { ...made, ct: made.ct.map((byte) => byte ^ 1) } : made
    },
  }
  const context = { state: signedBy(group, device), cipherSuite: { ...suite, hpke } }
  const made = await createCommit(context, { wireAsPublicMessage: true })
  return { commit: encodeMlsMessage(made.commit), next: toGroup(group.chatId, made.newState), sealed }
}
