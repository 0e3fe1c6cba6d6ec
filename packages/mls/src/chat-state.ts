/**
 * The chat's own rules as every member holds them: the data of GroupContext extension 0xF0EC. Format and meaning:
 * proto/veche/e2ee/v1/chat_state.proto.
 */
import {
  AccountId,
  compareBytes,
  DecodeError,
  DeviceId,
  decodeCanonical,
  encodeMessage,
  equalBytes,
} from '@veche/protocol'
import {
  ChatKind,
  type ChatState,
  ChatStateSchema,
  type Invite,
  type Member,
  type Rights,
  Role,
} from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { Extension } from 'ts-mls'
import { ensureInviteTerms } from './invite-terms.ts'

/** Private use, RFC 9420 section 17.3. */
export const CHAT_STATE_EXTENSION = 0xf0ec
/** The version of the rules in policy.ts. */
export const POLICY_VERSION = 1

const MAX_STATE_BYTES = 512 * 1024
const MAX_INVITES = 64

/** Canonical bytes; the lists may come in any order. @throws DecodeError for a state that breaks the format. */
export function encodeChatState(state: ChatState): Uint8Array {
  const bytes = encodeMessage(ChatStateSchema, sorted(state))
  decodeChatState(bytes)
  return bytes
}

/** @throws DecodeError */
export function decodeChatState(bytes: Uint8Array): ChatState {
  const state = decodeCanonical(ChatStateSchema, bytes, MAX_STATE_BYTES)
  ensureLists(state)
  if (state.kind === ChatKind.PRIVATE) ensurePrivate(state)
  else if (state.kind === ChatKind.GROUP) ensureGroup(state)
  else throw new DecodeError('chat state: unknown kind')
  return state
}

export function chatStateExtension(state: ChatState): Extension {
  return { extensionType: CHAT_STATE_EXTENSION, extensionData: encodeChatState(state) }
}

/** The state in a GroupContext, which holds it and no other extension. @throws DecodeError */
export function chatStateOf(extensions: readonly Extension[]): ChatState {
  const [extension, another] = extensions
  if (extension?.extensionType !== CHAT_STATE_EXTENSION || another !== undefined) {
    throw new DecodeError('group context: not exactly the chat state extension')
  }
  return decodeChatState(extension.extensionData)
}

/** The role of an account in the tree: as listed, or that of one who has just come by a link. */
export function roleOf(state: ChatState, accountId: AccountId): Role {
  return listedRole(state, accountId) ?? state.rights?.joinerRole ?? Role.UNSPECIFIED
}

/** Undefined for an account that is not in the list of members. */
export function listedRole(state: ChatState, accountId: AccountId): Role | undefined {
  return rosterOf(state).roles.get(accountId)
}

export function listedAccounts(state: ChatState): AccountId[] {
  return [...rosterOf(state).roles.keys()]
}

export function isRevoked(state: ChatState, deviceId: DeviceId): boolean {
  const id = DeviceId.toBytes(deviceId)
  return state.revokedDevices.some((revoked) => equalBytes(revoked, id))
}

export function isBanned(state: ChatState, accountId: AccountId): boolean {
  const id = AccountId.toBytes(accountId)
  return state.bannedAccounts.some((banned) => equalBytes(banned, id))
}

export type RightName = keyof Omit<Rights, '$typeName' | '$unknown'>

/** The role by which rights are judged: where no owner is left, the highest role there is counts as owner. */
export function rankOf(state: ChatState, accountId: AccountId): Role {
  return listedRole(state, accountId) === rosterOf(state).highest ? Role.OWNER : roleOf(state, accountId)
}

/** Whether the account may do what the right covers. In a private chat both may do everything. */
export function hasRight(state: ChatState, accountId: AccountId, right: RightName): boolean {
  return state.kind === ChatKind.PRIVATE || rankOf(state, accountId) >= state.rights![right]
}

/** Read from a state's list once; states are values. */
const rosters = new WeakMap<ChatState, { roles: ReadonlyMap<AccountId, Role>; highest: Role }>()

function rosterOf(state: ChatState): { roles: ReadonlyMap<AccountId, Role>; highest: Role } {
  let roster = rosters.get(state)
  if (!roster) {
    const roles = new Map(state.members.map(({ accountId, role }) => [AccountId.fromBytes(accountId), role]))
    roster = { roles, highest: Math.max(...roles.values()) }
    rosters.set(state, roster)
  }
  return roster
}

function sorted(state: ChatState): ChatState {
  const byId = (a: Invite, b: Invite) => compareBytes(a.id, b.id)
  const byAccount = (a: Member, b: Member) => compareBytes(a.accountId, b.accountId)
  return {
    ...state,
    members: state.members.toSorted(byAccount),
    revokedDevices: state.revokedDevices.toSorted(compareBytes),
    bannedAccounts: state.bannedAccounts.toSorted(compareBytes),
    invites: state.invites.map(sortedInvite).toSorted(byId),
  }
}

function sortedInvite(invite: Invite): Invite {
  return { ...invite, usedRequests: invite.usedRequests.toSorted(compareBytes) }
}

function ensureLists(state: ChatState): void {
  const members = state.members.map((member) => member.accountId)
  ensureAscending('members', members, 32)
  ensureAscending('revoked_devices', state.revokedDevices, 16)
  ensureAscending('banned_accounts', state.bannedAccounts, 32)
  const invites = state.invites.map((invite) => invite.id)
  ensureAscending('invites', invites, 16)
  if (members.length === 0) throw new DecodeError('chat state: nobody is in it')
  for (const { role } of state.members) ensureRole(role)
}

function ensurePrivate(state: ChatState): void {
  const [first, second, third] = state.members
  if (second === undefined || third !== undefined || first?.role !== second.role) {
    throw new DecodeError('chat state: a private chat has two accounts, both equal')
  }
  const { rights, bannedAccounts, invites, profileHash } = state
  if (rights || bannedAccounts.length > 0 || invites.length > 0 || profileHash.length > 0) {
    throw new DecodeError('chat state: a private chat has no rights, bans, invites or profile')
  }
}

function ensureGroup(state: ChatState): void {
  if (!state.rights) throw new DecodeError('chat state: a group needs rights')
  const { $typeName, $unknown, ...rights } = state.rights
  for (const role of Object.values(rights)) ensureRole(role)
  if (state.profileHash.length !== 0 && state.profileHash.length !== 32) {
    throw new DecodeError('chat state: profile_hash has the wrong length')
  }
  if (state.invites.length > MAX_INVITES) throw new DecodeError('chat state: too many invites')
  if (state.invites.filter(({ open }) => open).length > 1)
    throw new DecodeError('chat state: open by several invites')
  if (state.invites.some(({ open, withHistory }) => open && withHistory))
    throw new DecodeError('chat state: open with history, which the server would read')
  ensureInviteTerms(state.invites)
  for (const { signingKey, sealingKey, memberKeyHash } of state.invites) {
    const { length } = memberKeyHash
    if (signingKey.length !== 32 || sealingKey.length !== 32 || (length !== 0 && length !== 32)) {
      throw new DecodeError('chat state: an invite key of the wrong length')
    }
  }
}

function ensureRole(role: Role): void {
  if (role < Role.READER || role > Role.OWNER) throw new DecodeError('chat state: unknown role')
}

function ensureAscending(field: string, ids: readonly Uint8Array[], bytes: number): void {
  if (ids.some((id) => id.length !== bytes)) throw new DecodeError(`chat state: ${field}: wrong length`)
  if (ids.some((id, index) => index > 0 && compareBytes(ids[index - 1]!, id) >= 0)) {
    throw new DecodeError(`chat state: ${field}: not ascending`)
  }
}
