/**
 * Invite links. The secret seed is only in the link; the chat state holds the two public keys that follow from it.
 * Who holds the seed makes an external commit (RFC 9420 section 12.4.3.2) and proves it in the authenticated data.
 */
import { create } from '@bufbuild/protobuf'
import { DecodeError, equalBytes, keyPairFromSeed, sign } from '@veche/protocol'
import { ChatKind, type Invite, InviteSchema } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { InviteProofSchema } from '@veche/protocol/gen/e2ee/v1/commit_pb.js'
import type { GroupInfo } from 'ts-mls'
import { joinGroupExternal } from 'ts-mls/createCommit.js'
import { ratchetTreeFromExtension } from 'ts-mls/groupInfo.js'
import { encodeMlsMessage } from 'ts-mls/message.js'
import { chatStateOf } from './chat-state.ts'
import { type PendingCommit, toPendingCommit } from './commit.ts'
import { encodeEvidence, inviteProofContent } from './commit-evidence.ts'
import { type Device, readCertificate } from './device.ts'
import { engineConfig } from './engine.ts'
import { JoinError } from './errors.ts'
import { chatIdFrom, groupIdOf, membersOf, toGroup } from './group.ts'
import { derive, inviteIdOf, inviteMemberKey, inviteMemberKeyHash } from './invite-seed.ts'
import { isByRequest } from './invite-terms.ts'
import { ensureSound, ensureTreeSize } from './join.ts'
import { generateKeyPackage } from './key-package.ts'
import { decodeMessageOf, MAX_HANDSHAKE_BYTES } from './mls-message.ts'
import { SUITE_NAME, suite } from './provider.ts'

/** What the fragment of a link holds. */
export interface InviteSecret {
  /** 16 bytes. */
  readonly id: Uint8Array
  /** 32 random bytes. */
  readonly seed: Uint8Array
}

/** What goes into `ChatState.invites`, but for `with_history`: id of 16 bytes, two public keys and a hash of 32. */
export async function newInvite(seed: Uint8Array): Promise<Invite> {
  const { publicKey: signingKey } = await keyPairFromSeed(derive(seed, 'signing', 32))
  const { publicKey } = await suite.hpke.deriveKeyPair(derive(seed, 'sealing', 32))
  const sealingKey = await suite.hpke.exportPublicKey(publicKey)
  const memberKeyHash = inviteMemberKeyHash(inviteMemberKey(seed))
  return create(InviteSchema, { id: inviteIdOf(seed), signingKey, sealingKey, memberKeyHash })
}

/** The X25519 private key, 32 bytes, that opens what was sealed to the invite. */
export async function inviteSealingPrivateKey(seed: Uint8Array): Promise<Uint8Array> {
  const { privateKey } = await suite.hpke.deriveKeyPair(derive(seed, 'sealing', 32))
  return suite.hpke.exportPrivateKey(privateKey)
}

/**
 * Joins by a link, given the present group info.
 * @throws JoinError when the group info is malformed or unsound, or the invite is not alive in it
 */
export async function joinExternal(
  device: Device,
  groupInfo: Uint8Array,
  invite: InviteSecret,
): Promise<PendingCommit> {
  try {
    const { groupInfo: info } = decodeMessageOf('mls_group_info', groupInfo, MAX_HANDSHAKE_BYTES)
    const chatId = ensureOpenTo(info, invite)
    ensureAbsent(device, info)
    const { keyPackage, privateKeys } = await generateKeyPackage(device, Date.now(), false)
    const { publicMessage, newState } = await joinGroupExternal(
      info,
      keyPackage,
      privateKeys,
      false, // never resync: a leaf of ours that is still there is replaced by a member
      suite,
      undefined,
      engineConfig,
      await proveInvite(device, info, invite),
    )
    const next = toGroup(chatId, newState)
    ensureSound(next)
    const commit = encodeMlsMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage })
    return await toPendingCommit(next, device, { commit })
  } catch (cause) {
    if (cause instanceof JoinError) throw cause
    throw new JoinError('the invite does not lead into its chat', { cause })
  }
}

function ensureOpenTo(info: GroupInfo, { id }: InviteSecret) {
  const { cipherSuite, groupId, extensions } = info.groupContext
  if (cipherSuite !== SUITE_NAME) throw new DecodeError('group info: another cipher suite')
  const state = chatStateOf(extensions)
  const chatId = chatIdFrom(info.extensions)
  if (!equalBytes(groupId, groupIdOf(chatId, state.incarnation)))
    throw new DecodeError('group info: wrong id')
  const invite = state.invites.find((live) => equalBytes(live.id, id))
  if (state.kind !== ChatKind.GROUP || !invite) throw new JoinError('the invite is no longer alive')
  if (isByRequest(invite)) throw new JoinError('the invite demands to ask')
  ensureTreeSize(info)
  ensureSound({ state, engine: { ratchetTree: ratchetTreeFromExtension(info)! } })
  return chatId
}

/** One who has left stays in the tree until a member takes them out. */
function ensureAbsent({ certificate }: Device, info: GroupInfo): void {
  const { accountId, deviceId } = readCertificate(certificate)
  const isPresent = membersOf(ratchetTreeFromExtension(info)!).some(
    (member) => member.accountId === accountId && member.deviceId === deviceId,
  )
  if (isPresent) throw new JoinError('this device is in the group', { reason: 'present' })
}

async function proveInvite(device: Device, info: GroupInfo, { id, seed }: InviteSecret): Promise<Uint8Array> {
  const { groupId, epoch } = info.groupContext
  const joiner = { signatureKey: device.signaturePublicKey, certificate: device.certificate }
  const content = inviteProofContent(groupId, epoch, joiner)
  const signature = await sign(derive(seed, 'signing', 32), content)
  return encodeEvidence({ invite: create(InviteProofSchema, { inviteId: id, signature }) })
}
