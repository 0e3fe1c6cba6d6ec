import { createApplicationMessage } from 'ts-mls/createMessage.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import { hasRight } from './chat-state.ts'
import { deltaBetween } from './delta.ts'
import { type Device, readCertificate } from './device.ts'
import { PolicyError } from './errors.ts'
import { type Group, signedBy } from './group.ts'
import { suite } from './provider.ts'

export interface Encrypted {
  readonly group: Group
  /** MLSMessage holding a PrivateMessage. */
  readonly message: Uint8Array
  /** For `applyDelta`; to be kept, with the message, before the message is sent. */
  readonly delta: Uint8Array
}

/**
 * Encrypts for the group's present epoch. `authenticatedData` is readable by all.
 * @throws PolicyError when the account may not write
 */
export async function encrypt(
  group: Group,
  device: Device,
  plaintext: Uint8Array,
  authenticatedData: Uint8Array,
): Promise<Encrypted> {
  const { accountId } = readCertificate(device.certificate)
  if (!hasRight(group.state, accountId, 'write')) {
    throw new PolicyError('refused: no-right-to-write', { reason: 'no-right-to-write' })
  }
  const before = signedBy(group, device)
  const { newState, privateMessage } = await createApplicationMessage(
    before,
    plaintext,
    suite,
    authenticatedData,
  )
  return {
    group: { ...group, engine: { ...newState, signaturePrivateKey: group.engine.signaturePrivateKey } },
    message: encodeMlsMessage({ version: 'mls10', wireformat: 'mls_private_message', privateMessage }),
    delta: deltaBetween(newState.groupContext.epoch, before, newState),
  }
}
