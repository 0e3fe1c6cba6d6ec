/** Members who do not run our code: commits made past our own policy. */
import type { Proposal } from 'ts-mls'
import type { Commit } from 'ts-mls/commit.js'
import { createCommit } from 'ts-mls/createCommit.js'
import { createProposal } from 'ts-mls/createMessage.js'
import { createContentCommitSignature } from 'ts-mls/framedContent.js'
import { decodeMlsMessage, encodeMlsMessage } from 'ts-mls/message.js'
import { protectPublicMessage } from 'ts-mls/messageProtectionPublic.js'
import { signedBy } from '../group.ts'
import { decodeKeyPackage } from '../key-package.ts'
import { suite } from '../provider.ts'
import { Participant } from './chat.ts'

/** A commit that the engine makes gladly, whatever the policy says. */
export async function lawlessCommit(
  { group, device }: Participant,
  extraProposals: Proposal[],
  authenticatedData: Uint8Array = new Uint8Array(),
): Promise<Uint8Array> {
  const context = { state: signedBy(group, device), cipherSuite: suite }
  const options = { wireAsPublicMessage: true, ratchetTreeExtension: true, extraProposals, authenticatedData }
  return encodeMlsMessage((await createCommit(context, options)).commit)
}

/** A commit with a valid signature and membership tag, whatever it holds; its confirmation tag is noise. */
export async function signedCommit(
  { group, device }: Participant,
  commit: Commit,
  authenticatedData: Uint8Array = new Uint8Array(),
): Promise<Uint8Array> {
  const { groupContext, keySchedule, privatePath } = group.engine
  const sender = { senderType: 'member' as const, leafIndex: privatePath.leafIndex }
  const { framedContent: content, signature } = await createContentCommitSignature(
    groupContext,
    'mls_public_message',
    commit,
    sender,
    authenticatedData,
    device.signaturePrivateKey,
    suite.signature,
  )
  const auth = { contentType: 'commit' as const, signature, confirmationTag: new Uint8Array(32) }
  const authenticated = { wireformat: 'mls_public_message' as const, content, auth }
  const publicMessage = await protectPublicMessage(
    keySchedule.membershipKey,
    groupContext,
    authenticated,
    suite,
  )
  return encodeMlsMessage({ version: 'mls10', wireformat: 'mls_public_message', publicMessage })
}

/** One whose own tree says that its leaf is another device's. */
export function posingAs({ device }: Participant, { group, account, deviceId }: Participant): Participant {
  const { engine } = group
  const index = engine.privatePath.leafIndex * 2
  const node = engine.ratchetTree[index]
  if (node?.nodeType !== 'leaf') throw new Error('no leaf')
  const credential = { credentialType: 'basic' as const, identity: device.certificate }
  const leaf = { ...node.leaf, credential, signaturePublicKey: device.signaturePublicKey }
  const poser = new Participant(account, device, deviceId)
  const ratchetTree = engine.ratchetTree.with(index, { nodeType: 'leaf', leaf })
  poser.group = { ...group, engine: { ...engine, ratchetTree } }
  return poser
}

export function pathOf(commit: Uint8Array): Commit['path'] {
  const message = decodeMlsMessage(commit, 0)![0]
  const content = message.wireformat === 'mls_public_message' ? message.publicMessage.content : undefined
  if (content?.contentType !== 'commit') throw new Error('not a commit')
  return content.commit.path
}

/** A proposal that stands alone. */
export async function loneProposal({ group, device }: Participant, proposal: Proposal): Promise<Uint8Array> {
  const { message } = await createProposal(signedBy(group, device), true, proposal, suite)
  return encodeMlsMessage(message)
}

export function addProposal(keyPackage: Uint8Array): Proposal {
  return { proposalType: 'add', add: { keyPackage: decodeKeyPackage(keyPackage) } }
}

export function removeProposal(leaf: number): Proposal {
  return { proposalType: 'remove', remove: { removed: leaf } }
}

export function inline(...proposals: Proposal[]): Commit['proposals'] {
  return proposals.map((proposal) => ({ proposalOrRefType: 'proposal', proposal }))
}
