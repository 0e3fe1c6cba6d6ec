/**
 * What comes after: a state in which everybody is written down, and the successor of a chat's group, in which the chat is begun
 * anew with the people and the rules of the last good epoch.
 *
 * The log of a chat is one line, so of two devices one knows all that the other knows. A device takes a successor by its own
 * last epoch: what was undone, left out or forbidden there stays so, and what else differs must be what the account that
 * began it could have committed there. So the one who knows most wins wherever its account has the right, and nobody's
 * older state brings anybody back.
 */
import { create } from '@bufbuild/protobuf'
import { AccountId, compareBytes, DeviceId, equalBytes } from '@veche/protocol'
import { type ChatState, MemberSchema } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { encodeChatState, isBanned, isRevoked, listedAccounts, listedRole, roleOf } from './chat-state.ts'
import type { GroupView } from './group.ts'
import { judgeCommit, type PolicyReason } from './policy.ts'

/** The state with those in the list who have come by a link; any member may commit it. */
export function withJoiners({ state, members }: Pick<Known, 'state' | 'members'>): ChatState {
  const present = new Set(members.map(({ accountId }) => accountId))
  const joiners = [...present].filter((accountId) => listedRole(state, accountId) === undefined)
  const written = joiners.map((accountId) =>
    create(MemberSchema, { accountId: AccountId.toBytes(accountId), role: roleOf(state, accountId) }),
  )
  return { ...state, members: [...state.members, ...written] }
}

/** What is known of a group; a server knows as much. */
export type Known = Pick<GroupView, 'chatId' | 'state'> & {
  readonly members: readonly Pick<
    GroupView['members'][number],
    'accountId' | 'deviceId' | 'leaf' | 'signatureKey'
  >[]
}

/** The state that the successor of a group starts with. @param incarnation greater than all before it; the next when left out */
export function successorState(last: Known, incarnation = last.state.incarnation + 1): ChatState {
  return { ...withJoiners(last), incarnation }
}

export type SuccessorRefusal =
  | PolicyReason
  | 'another-chat'
  | 'not-later'
  /** An account is in it that had gone out, or was never listed. */
  | 'brought-back'
  /** A ban or a revocation is missing. */
  | 'forgets'

/**
 * Why a group may not carry on the chat of another as this device knows it; undefined where it may.
 * @param creator whose device began it
 * @param gone accounts that were in the chat and went out
 */
export function judgeSuccessor(
  last: Known,
  next: Known,
  creator: AccountId,
  gone: ReadonlySet<AccountId> = new Set(),
): SuccessorRefusal | undefined {
  if (next.chatId !== last.chatId) return 'another-chat'
  if (next.state.incarnation <= last.state.incarnation) return 'not-later'
  const was = successorState(last, next.state.incarnation)
  if (next.members.some(({ accountId }) => listedRole(next.state, accountId) === undefined))
    return 'brought-back'
  if (next.members.some(({ deviceId }) => isRevoked(was, deviceId))) return 'revoked-device'
  if (listedRole(was, creator) === undefined) return 'not-a-member'
  if (equalBytes(encodeChatState(next.state), encodeChatState(was))) return undefined
  return judgeDifference(last, was, next.state, creator, gone)
}

/** As if the creator had committed it in the last epoch. */
function judgeDifference(
  { members }: Known,
  was: ChatState,
  is: ChatState,
  creator: AccountId,
  gone: ReadonlySet<AccountId>,
): SuccessorRefusal | undefined {
  const arrived = listedAccounts(is).filter((accountId) => listedRole(was, accountId) === undefined)
  if (arrived.some((accountId) => gone.has(accountId) || isBanned(was, accountId))) return 'brought-back'
  if (!holdsAll(is.bannedAccounts, was.bannedAccounts)) return 'forgets'
  if (!holdsAll(is.revokedDevices, was.revokedDevices)) return 'forgets'
  if (revokesOthers(members, was, is, creator)) return 'unfounded-revocation'
  const isGone = (accountId: AccountId) => listedRole(is, accountId) === undefined
  const verdict = judgeCommit(
    { state: was, members },
    {
      committer: { kind: 'member', accountId: creator, leaf: -1 },
      hasPath: true,
      adds: [],
      removes: members.filter(({ accountId }) => isGone(accountId)),
      next: { ...is, revokedDevices: was.revokedDevices },
      evidence: { revoked: [], replacing: [], leaving: [] },
    },
  )
  return verdict.kind === 'refused' ? verdict.reason : undefined
}

/** Whether a device is revoked that is another account's, as far as is known: the account's own word does not come along. */
function revokesOthers(
  members: Known['members'],
  was: ChatState,
  is: ChatState,
  creator: AccountId,
): boolean {
  const revoked = is.revokedDevices.filter((id) => !was.revokedDevices.some((known) => equalBytes(known, id)))
  const ids = new Set(revoked.map((id) => DeviceId.fromBytes(id)))
  return members.some(({ deviceId, accountId }) => ids.has(deviceId) && accountId !== creator)
}

function holdsAll(ids: readonly Uint8Array[], some: readonly Uint8Array[]): boolean {
  return some.every((one) => ids.some((id) => compareBytes(id, one) === 0))
}
