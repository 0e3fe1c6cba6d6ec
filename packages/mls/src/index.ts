export { type Beginning, beginsLog, nextBeginning } from './beginning.ts'
export {
  CHAT_STATE_EXTENSION,
  encodeChatState,
  hasRight,
  isBanned,
  listedAccounts,
  listedRole,
  POLICY_VERSION,
  type RightName,
  rankOf,
  roleOf,
} from './chat-state.ts'
export { type CommitIntent, commit, loadPending, type PendingCommit } from './commit.ts'
export { requestLeave, requestReplacement } from './commit-evidence.ts'
export { applyDelta } from './delta.ts'
export {
  type AccountSigner,
  createDevice,
  type Device,
  type DeviceIdentity,
  revokeDevice,
  verifyCertificate,
  verifyRevocation,
} from './device.ts'
export { type Encrypted, encrypt } from './encrypt.ts'
export { selfCheck } from './engine.ts'
export { EngineError, JoinError, PolicyError } from './errors.ts'
export {
  createGroupOf as create,
  exportSecret,
  type Group,
  type GroupMember,
  type GroupView,
  groupIdOf,
  stateOf,
  view,
} from './group.ts'
export { membersIn, sealHandover } from './handover.ts'
export {
  type InviteSecret,
  inviteSealingPrivateKey,
  joinExternal,
  newInvite,
} from './invite.ts'
export { mayLetIn, roleByInvite } from './invite-rules.ts'
export { inviteMemberKey, inviteMemberKeyHash } from './invite-seed.ts'
export { isByRequest } from './invite-terms.ts'
export { type Joined, join, type PrivatePartOf } from './join.ts'
export { type CheckedJoinRequest, readJoinRequest, requestJoin } from './join-request.ts'
export { type NewKeyPackage, newKeyPackage } from './key-package.ts'
export { leaverOf } from './leave-request.ts'
export { type Before, type CommitFacts, judgeCommit, type PolicyReason, type Verdict } from './policy.ts'
export { type CommitChanges, type Received, type RefusalReason, receive } from './receive.ts'
export { type ReplacementOnWire, replacedBy } from './replacement.ts'
export { loadGroup, saveGroup } from './saved-state.ts'
export { openSealed, sealTo } from './sealing.ts'
export { judgeSuccessor, type SuccessorRefusal, successorState, withJoiners } from './successor.ts'
export { wipe } from './wipe.ts'
