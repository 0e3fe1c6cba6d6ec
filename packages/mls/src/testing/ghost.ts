/** What a removed device could try in order to follow the group into the epoch that it was kept out of. */

import { equalBytes } from '@veche/protocol'
import { decryptWithLabel } from 'ts-mls/crypto/hpke.js'
import { encodeGroupContext } from 'ts-mls/groupContext.js'
import { initializeEpoch } from 'ts-mls/keySchedule.js'
import { decodeMlsMessage } from 'ts-mls/message.js'
import type { Group } from '../group.ts'
import { suite } from '../provider.ts'

/**
 * Whether the secrets in `removed` lead through `commit` to the epoch of `next`. The ghost is given everything
 * public of the new epoch, and tries all it has: no commit secret at all, and every private key on every
 * ciphertext of the path.
 */
export async function derivesNextEpoch(removed: Group, commit: Uint8Array, next: Group): Promise<boolean> {
  const { initSecret } = removed.engine.keySchedule
  const { groupContext, keySchedule } = next.engine
  const guess = await initializeEpoch(initSecret, zeros(), groupContext, zeros(), suite.kdf)
  if (equalBytes(guess.keySchedule.epochAuthenticator, keySchedule.epochAuthenticator)) return true
  return opensPath(removed, commit, next)
}

async function opensPath(removed: Group, commit: Uint8Array, next: Group): Promise<boolean> {
  const message = decodeMlsMessage(commit, 0)![0]
  if (message.wireformat !== 'mls_public_message' || message.publicMessage.content.contentType !== 'commit') {
    throw new Error('not a commit')
  }
  // The context that the path is encrypted under lacks the new transcript hash (RFC 9420 section 7.6).
  const { confirmedTranscriptHash } = removed.engine.groupContext
  const context = encodeGroupContext({ ...next.engine.groupContext, confirmedTranscriptHash })
  const nodes = message.publicMessage.content.commit.path?.nodes ?? []
  const keys = Object.values(removed.engine.privatePath.privateKeys)
  for (const { kemOutput, ciphertext } of nodes.flatMap((node) => node.encryptedPathSecret)) {
    for (const key of keys) {
      const privateKey = await suite.hpke.importPrivateKey(key)
      const opened = decryptWithLabel(
        privateKey,
        'UpdatePathNode',
        context,
        kemOutput,
        ciphertext,
        suite.hpke,
      )
      if (
        await opened.then(
          () => true,
          () => false,
        )
      )
        return true
    }
  }
  return false
}

function zeros(): Uint8Array {
  return new Uint8Array(32)
}
