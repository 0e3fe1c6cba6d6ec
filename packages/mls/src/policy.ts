/**
 * Who may commit what. One pure function over the chat as it was in the previous epoch and what the commit says,
 * with every signature already checked: all members come to the same verdict, whatever their clock, settings or
 * program version. The rules change only with `ChatState.policy_version`.
 *
 *   add an account                      right `add`
 *   add a device of a member            any member, unless the device id is revoked
 *   replace a device                    any member, on the device's signed request
 *   remove a device                     any member, on the account's revocation, which enters `revoked_devices`
 *   remove an account, ban, unban       right `remove`, and only of a lower rank
 *   remove an account that leaves       any member, on a signed request
 *   roles                               admins, below their own rank; anyone may step down
 *   rights                              admins, up to their own rank
 *   invites, profile                    rights `invite`, `rename`; the role of an invite up to the own rank
 *   requests by invites that were used  right `add`
 *   write down who came by a link       any member, with the role of joiners
 *   external commit                     who proves to hold a live invite that demands no request
 *   empty update                        any member
 */
import { AccountId, DeviceId, equalBytes } from '@veche/protocol'
import { ChatKind, type ChatState, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import {
  hasRight,
  isBanned,
  isRevoked,
  listedAccounts,
  listedRole,
  POLICY_VERSION,
  type RightName,
  rankOf,
  roleOf,
} from './chat-state.ts'
import type { VerifiedEvidence } from './commit-evidence.ts'
import type { DeviceIdentity } from './device.ts'
import type { KnownLeaf } from './group.ts'
import { mayChangeInvites } from './invite-rules.ts'

/** Leaves in a group at most. */
export const MAX_LEAVES = 2000

/** The chat in the epoch in which the commit was made. */
export interface Before {
  readonly state: ChatState
  readonly members: readonly KnownLeaf[]
}

/** What a commit says, decoded and with its signatures checked. */
export interface CommitFacts {
  readonly committer:
    | { readonly kind: 'member'; readonly accountId: AccountId; readonly leaf: number }
    | {
        readonly kind: 'joiner'
        readonly identity: DeviceIdentity
        readonly invited: 'no' | 'yes' | 'must-ask'
      }
  readonly hasPath: boolean
  readonly adds: readonly { readonly identity: DeviceIdentity; readonly reference: Uint8Array }[]
  readonly removes: readonly KnownLeaf[]
  /** The state that the commit sets; undefined when it sets none. */
  readonly next?: ChatState | undefined
  readonly evidence: Omit<VerifiedEvidence, 'data'>
}

export type PolicyReason =
  | 'no-path'
  | 'policy-version'
  | 'fixed-field'
  | 'private-chat'
  | 'too-many-devices'
  | 'not-a-member'
  | 'duplicate-device'
  | 'revoked-device'
  | 'banned-account'
  | 'no-right-to-add'
  | 'no-right-to-remove'
  | 'no-right-to-ban'
  /** Of the committer's own leaf, or of one leaf twice. */
  | 'invalid-removal'
  | 'no-right-to-change-roles'
  | 'no-right-to-change-rights'
  | 'no-right-to-invite'
  | 'no-right-to-rename'
  | 'last-owner'
  | 'left-behind'
  | 'unfounded-revocation'
  | 'not-invited'
  /** By a link that demands to be let in by a member. */
  | 'must-ask'

export type Verdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly reason: PolicyReason }

export function judgeCommit(before: Before, commit: CommitFacts): Verdict {
  const { committer } = commit
  const reason =
    committer.kind === 'joiner'
      ? judgeJoiner(before, commit, committer)
      : judgeMember(toCase(before, commit, committer))
  return reason ? { kind: 'refused', reason } : { kind: 'allowed' }
}

/** A member's commit with what the rules ask about it. */
interface Case extends Before {
  readonly commit: CommitFacts
  readonly after: ChatState
  readonly actor: AccountId
  readonly actorLeaf: number
  readonly rank: Role
  /** Accounts in the tree. */
  readonly present: ReadonlySet<AccountId>
}
type Rule = (one: Case) => PolicyReason | undefined

const LEAF_RULES: readonly Rule[] = [judgePath, judgeAdds, judgeRemoves]
const STATE_RULES: readonly Rule[] = [
  judgeFixedFields,
  judgePrivateChat,
  judgeDepartures,
  judgeArrivals,
  judgeRoles,
  judgeRights,
  judgeBans,
  judgeRevocations,
  judgeInvites,
  judgeProfile,
]

function toCase(
  { state, members }: Before,
  commit: CommitFacts,
  { accountId, leaf }: { accountId: AccountId; leaf: number },
): Case {
  const present = new Set(members.map((member) => member.accountId))
  const [after, rank] = [commit.next ?? state, rankOf(state, accountId)]
  return { state, members, commit, after, actor: accountId, actorLeaf: leaf, rank, present }
}

function judgeMember(one: Case): PolicyReason | undefined {
  for (const rule of one.commit.next ? [...STATE_RULES, ...LEAF_RULES] : LEAF_RULES) {
    const reason = rule(one)
    if (reason) return reason
  }
  return undefined
}

function judgeJoiner(
  { state, members }: Before,
  { hasPath, adds, removes, next }: CommitFacts,
  { identity, invited }: { identity: DeviceIdentity; invited: 'no' | 'yes' | 'must-ask' },
): PolicyReason | undefined {
  if (state.kind !== ChatKind.GROUP) return 'private-chat'
  if (invited === 'no' || adds.length > 0 || removes.length > 0 || next) return 'not-invited'
  if (invited === 'must-ask') return 'must-ask'
  if (!hasPath) return 'no-path'
  if (isRevoked(state, identity.deviceId)) return 'revoked-device'
  if (isBanned(state, identity.accountId)) return 'banned-account'
  if (members.some((member) => isSameDevice(member, identity))) return 'duplicate-device'
  return members.length >= MAX_LEAVES ? 'too-many-devices' : undefined
}

/** A commit that only adds may come without a path; every other one must shut out who knew the old secrets (A6). */
function judgePath({ commit: { hasPath, adds, removes, next } }: Case) {
  return hasPath || (adds.length > 0 && removes.length === 0 && !next) ? undefined : 'no-path'
}

function judgeFixedFields({ state, after }: Case) {
  if (after.policyVersion !== POLICY_VERSION) return 'policy-version'
  return after.kind === state.kind && after.incarnation === state.incarnation ? undefined : 'fixed-field'
}

function judgePrivateChat({ state, after }: Case) {
  if (state.kind !== ChatKind.PRIVATE) return undefined
  const isSame = state.members.every(
    ({ accountId, role }, index) =>
      equalBytes(accountId, after.members[index]!.accountId) && role === after.members[index]!.role,
  )
  return isSame ? undefined : 'private-chat'
}

function judgeAdds({ members, present, after, commit: { adds, removes, evidence } }: Case) {
  if (members.length + adds.length - removes.length > MAX_LEAVES) return 'too-many-devices'
  for (const [index, { identity, reference }] of adds.entries()) {
    if (isRevoked(after, identity.deviceId)) return 'revoked-device'
    if (isBanned(after, identity.accountId)) return 'banned-account'
    const isMember = listedRole(after, identity.accountId) !== undefined
    if (!isMember && !present.has(identity.accountId)) return 'not-a-member'
    if (adds.some((other, at) => at < index && isSameDevice(other.identity, identity)))
      return 'duplicate-device'
    if (!members.some((member) => isSameDevice(member, identity))) continue
    const isReplaced = evidence.replacing.some((asked) => equalBytes(asked, reference))
    if (!isReplaced || !removes.some((removed) => isSameDevice(removed, identity))) return 'duplicate-device'
  }
  return undefined
}

function judgeRemoves(one: Case) {
  const { adds, removes, evidence } = one.commit
  const leaves = new Set(removes.map(({ leaf }) => leaf))
  if (leaves.size < removes.length || leaves.has(one.actorLeaf)) return 'invalid-removal'
  for (const removed of removes) {
    const isReplaced = adds.some(({ identity }) => isSameDevice(identity, removed))
    const isRevokedNow = evidence.revoked.some((device) => isSameDevice(device, removed))
    if (isRevokedNow && !isRevoked(one.after, removed.deviceId)) return 'unfounded-revocation'
    if (!isReplaced && !isRevokedNow && !mayDismiss(one, removed.accountId)) return 'no-right-to-remove'
  }
  return undefined
}

/** Whether the committer may take a whole account out of the chat, and does. */
function mayDismiss(one: Case, accountId: AccountId): boolean {
  if (one.state.kind === ChatKind.PRIVATE || !isGone(one, accountId)) return false
  if (one.commit.evidence.leaving.includes(accountId)) return true
  return hasRight(one.state, one.actor, 'remove') && rankOf(one.state, accountId) < one.rank
}

/** Whether after the commit the account is neither listed nor in the tree. */
function isGone({ after, members, commit }: Case, accountId: AccountId): boolean {
  const leaves = members.filter((member) => member.accountId === accountId)
  return (
    listedRole(after, accountId) === undefined &&
    leaves.every(({ leaf }) => commit.removes.some((removed) => removed.leaf === leaf)) &&
    !commit.adds.some(({ identity }) => identity.accountId === accountId)
  )
}

function judgeDepartures(one: Case) {
  for (const accountId of listedAccounts(one.state)) {
    if (listedRole(one.after, accountId) !== undefined) continue
    if (!isGone(one, accountId)) return 'left-behind'
    if (!mayDismiss(one, accountId)) return 'no-right-to-remove'
  }
  return undefined
}

function judgeArrivals({ state, after, present, actor, rank }: Case) {
  for (const accountId of listedAccounts(after)) {
    if (listedRole(state, accountId) !== undefined) continue
    if (present.has(accountId)) continue // came by a link: a change of role
    if (isBanned(after, accountId)) return 'banned-account'
    if (!hasRight(state, actor, 'add') || roleOf(after, accountId) > rank) return 'no-right-to-add'
  }
  return undefined
}

function judgeRoles({ state, after, present, actor, rank }: Case) {
  for (const accountId of listedAccounts(after)) {
    const isNew = listedRole(state, accountId) === undefined
    if (isNew && !present.has(accountId)) continue
    const [was, is] = [roleOf(state, accountId), roleOf(after, accountId)]
    const isStepDown = accountId === actor && is < was
    const isBelow = rank >= Role.ADMIN && rankOf(state, accountId) < rank && is <= rank
    const isOwn = accountId === actor && is <= rank && rank === Role.OWNER
    if (is !== was && !isStepDown && !isBelow && !isOwn) return 'no-right-to-change-roles'
  }
  const ownersLeft = listedAccounts(state).filter(
    (accountId) => roleOf(state, accountId) === Role.OWNER && listedRole(after, accountId) !== undefined,
  )
  const hasOwner = after.members.some(({ role }) => role === Role.OWNER)
  return ownersLeft.length > 0 && !hasOwner ? 'last-owner' : undefined
}

function judgeRights({ state, after, rank }: Case) {
  if (state.kind === ChatKind.PRIVATE) return undefined
  const { $typeName, $unknown, ...was } = state.rights!
  const changed = (Object.keys(was) as RightName[]).filter((right) => was[right] !== after.rights![right])
  const isWithin = changed.every((right) => was[right] <= rank && after.rights![right] <= rank)
  return changed.length === 0 || (rank >= Role.ADMIN && isWithin) ? undefined : 'no-right-to-change-rights'
}

function judgeBans(one: Case) {
  const { state, after, present, actor } = one
  const isSame = sameLists(state.bannedAccounts, after.bannedAccounts)
  if (!isSame && !hasRight(state, actor, 'remove')) return 'no-right-to-ban'
  const banned = after.bannedAccounts.map((id) => AccountId.fromBytes(id))
  const remains = banned.some(
    (accountId) =>
      listedRole(after, accountId) !== undefined || (present.has(accountId) && !isGone(one, accountId)),
  )
  return remains ? 'left-behind' : undefined
}

function judgeRevocations({ state, after, members, present, commit }: Case) {
  const [was, is] = [state, after].map(
    (one) => new Set(one.revokedDevices.map((id) => DeviceId.fromBytes(id))),
  )
  if ([...was!].some((deviceId) => !is!.has(deviceId))) return 'unfounded-revocation'
  for (const deviceId of is!) {
    if (was!.has(deviceId)) continue
    const word = commit.evidence.revoked.find((device) => device.deviceId === deviceId)
    const isOfMember =
      word && (present.has(word.accountId) || listedRole(state, word.accountId) !== undefined)
    if (!isOfMember) return 'unfounded-revocation'
    const bearers = members.filter((member) => member.deviceId === deviceId)
    if (bearers.some(({ accountId }) => accountId !== word.accountId)) return 'unfounded-revocation'
    const isLeftIn = bearers.some(({ leaf }) => !commit.removes.some((removed) => removed.leaf === leaf))
    if (isLeftIn) return 'left-behind'
  }
  return undefined
}

function judgeInvites({ state, after, actor }: Case) {
  return mayChangeInvites(state, after, actor) ? undefined : 'no-right-to-invite'
}

function judgeProfile({ state, after, actor }: Case) {
  const isSame = equalBytes(state.profileHash, after.profileHash)
  return isSame || hasRight(state, actor, 'rename') ? undefined : 'no-right-to-rename'
}

function isSameDevice(
  a: { accountId: AccountId; deviceId: DeviceId },
  b: { accountId: AccountId; deviceId: DeviceId },
): boolean {
  return a.accountId === b.accountId && a.deviceId === b.deviceId
}

function sameLists(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((item, index) => equalBytes(item, b[index]!))
}
