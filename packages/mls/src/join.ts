/** Joining by a Welcome (RFC 9420 section 12.4.3.1), and what any joiner checks of a group before entering it. */
import { ChatKind } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { ClientState, GroupInfo, Welcome } from 'ts-mls'
import { joinGroupWithExtensions } from 'ts-mls/clientState.js'
import { ratchetTreeFromExtension } from 'ts-mls/groupInfo.js'
import { emptyPskIndex } from 'ts-mls/pskIndex.js'
import { decryptGroupInfo, decryptGroupSecrets } from 'ts-mls/welcome.js'
import { type Beginning, beginningFrom } from './beginning.ts'
import { isBanned, listedRole, POLICY_VERSION } from './chat-state.ts'
import type { Device } from './device.ts'
import { engineConfig, isCapable } from './engine.ts'
import { JoinError } from './errors.ts'
import { chatIdFrom, type Group, type GroupMember, leafAt, memberAt, membersOf, toGroup } from './group.ts'
import { openHandover } from './handover.ts'
import { keyPackageReference, openPrivatePart } from './key-package.ts'
import { decodeMessageOf, MAX_HANDSHAKE_BYTES } from './mls-message.ts'
import { MAX_LEAVES } from './policy.ts'
import { SUITE_NAME, suite } from './provider.ts'

/** Of the smallest full tree that holds MAX_LEAVES leaves. */
const MAX_NODES = 2 * 2048 - 1

type OwnKeyPackage = ReturnType<typeof openPrivatePart>

/** Finds what `newKeyPackage` asked to keep. */
export type PrivatePartOf = (
  reference: Uint8Array,
) => Promise<Uint8Array | undefined> | Uint8Array | undefined

export interface Joined {
  readonly group: Group
  /** Of the key package that was used up: its private part is to be deleted. */
  readonly reference: Uint8Array
  readonly addedBy: GroupMember
  /** What they gave along (`sealHandover`); undefined where it is nothing that can be opened. */
  readonly handover?: Uint8Array | undefined
  /** Where the commit began the successor of a group. */
  readonly beginning?: Beginning | undefined
}

/** @throws JoinError when the welcome is malformed, not for this device, or leads into an unsound group */
export async function join(
  device: Device,
  welcome: Uint8Array,
  privatePartOf: PrivatePartOf,
): Promise<Joined> {
  try {
    const message = decodeMessageOf('mls_welcome', welcome, MAX_HANDSHAKE_BYTES).welcome
    if (message.cipherSuite !== SUITE_NAME) throw new JoinError('the welcome is for another cipher suite')
    const { reference, own } = await findOwn(device, message, privatePartOf)
    const info = await openGroupInfo(message, own)
    ensureTreeSize(info)
    const [engine, extensions] = await joinGroupWithExtensions(
      message,
      own.keyPackage,
      own.privateKeys,
      emptyPskIndex,
      suite,
      undefined,
      undefined,
      engineConfig,
    )
    const group = toGroup(chatIdFrom(extensions), engine)
    ensureSound(group)
    const addedBy = memberAt(engine.ratchetTree, info.signer)
    if (!addedBy) throw new JoinError('the welcome is signed by nobody in the group')
    const handover = await openHandover(extensions, reference, own.privateKeys.initPrivateKey)
    return { group, reference, addedBy, handover, beginning: beginningFrom(extensions) }
  } catch (cause) {
    if (cause instanceof JoinError) throw cause
    throw new JoinError('the welcome is not valid', { cause })
  }
}

/** Blank nodes take a byte each, and the engine hashes them all: a tree is counted first. @throws JoinError */
export function ensureTreeSize(info: GroupInfo): void {
  const tree = ratchetTreeFromExtension(info)
  if (!tree) throw new JoinError('the group info holds no tree')
  if (tree.length > MAX_NODES) throw new JoinError('the chat has too many devices')
}

/** What the engine does not check of a group: who is in it and by which rules. @throws JoinError */
export function ensureSound({
  state,
  engine,
}: Pick<Group, 'state'> & { engine: Pick<ClientState, 'ratchetTree'> }): void {
  if (state.policyVersion !== POLICY_VERSION)
    throw new JoinError('the chat has rules that are not known here')
  const members = membersOf(engine.ratchetTree)
  if (members.length > MAX_LEAVES) throw new JoinError('the chat has too many devices')
  const devices = new Set(members.map(({ accountId, deviceId }) => `${accountId} ${deviceId}`))
  if (devices.size !== members.length) throw new JoinError('a device is twice in the chat')
  if (!members.every(({ leaf }) => isCapable(leafAt(engine.ratchetTree, leaf)!))) {
    throw new JoinError('a device in the chat cannot take part in it')
  }
  const isStranger = ({ accountId }: GroupMember) => listedRole(state, accountId) === undefined
  if (state.kind === ChatKind.PRIVATE && members.some(isStranger)) {
    throw new JoinError('a third account is in a private chat')
  }
  if (members.some(({ accountId }) => isBanned(state, accountId))) {
    throw new JoinError('a banned account is in the chat')
  }
}

async function findOwn(
  device: Device,
  welcome: Welcome,
  privatePartOf: PrivatePartOf,
): Promise<{ reference: Uint8Array; own: OwnKeyPackage }> {
  for (const { newMember } of welcome.secrets) {
    const privatePart = await privatePartOf(newMember)
    if (privatePart) return { reference: newMember, own: openPrivatePart(privatePart, device) }
  }
  throw new JoinError('the welcome is not for a key package of this device')
}

/** The engine opens it as well, but tells neither its signer nor, before it hashes all of it, the tree's size. */
async function openGroupInfo(
  welcome: Welcome,
  { keyPackage, privateKeys }: OwnKeyPackage,
): Promise<GroupInfo> {
  const reference = keyPackageReference(keyPackage)
  const key = await suite.hpke.importPrivateKey(privateKeys.initPrivateKey)
  const secrets = await decryptGroupSecrets(key, reference, welcome, suite.hpke)
  if (!secrets || secrets.psks.length > 0) throw new JoinError('the welcome holds no secrets that we can use')
  const info = await decryptGroupInfo(welcome, secrets.joinerSecret, new Uint8Array(suite.kdf.size), suite)
  if (!info) throw new JoinError('the welcome holds no group info')
  return info
}
