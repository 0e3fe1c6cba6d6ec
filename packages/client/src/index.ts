export type { Acknowledgement, Binding, DeviceNews, NoticeKind } from '@veche/sync'
export { Administration, type Invite } from './administration.ts'
export { Archive } from './archive.ts'
export type { ChangedBinding } from './changed-binding.ts'
export type {
  ArchiveView,
  ChatStanding,
  ChatSummary,
  GroupChat,
  HistoryGap,
  Kept,
  PrivateChat,
  ShownMessage,
} from './chat-views.ts'
export { Client, type ClientOptions, openClient } from './client.ts'
export { Devices } from './devices.ts'
export {
  DamagedError,
  isEndedDevice,
  NoSpaceError,
  RefusedError,
  UnreachableError,
  UsageError,
} from './errors.ts'
export type { GroupInvite, InvitePreview, JoinState, MadeInvite, NewInvite } from './group-invites.ts'
export { type AddState, type GroupMember, Groups, type NewGroup } from './groups.ts'
export type { Exported, ExportRequest, ImportedChat, ImportOutcome, ImportRequest } from './history-files.ts'
export { type InviteLink, parseInviteLink } from './invite-link.ts'
export { Keeping } from './keeping.ts'
export type { LinkOutcome, LinkRequest } from './linking.ts'
export { parseLinkingCode } from './linking-code.ts'
export type { Credentials } from './login.ts'
export type { LinkingRequest } from './login-by-link.ts'
export type { LogoutOptions } from './logout.ts'
export type { ChatSettings, MarksView } from './mark-views.ts'
export { Marks, type Switches } from './marks.ts'
export type { FoundGroup } from './open-groups.ts'
export { isWeakPassword, MIN_PASSWORD_CHARACTERS, suggestPassphrase } from './password.ts'
export type { BlockedPerson, BlockedState, VerifiedState } from './people.ts'
export type { Person } from './person.ts'
export type { RecoveryRequest } from './recovery.ts'
export { parseRecoveryCode, type RecoveryCode } from './recovery-code.ts'
export { parseRecoverySheetCode, type RecoverySheet, recoverySheetCode } from './recovery-sheet.ts'
export type { NewAccount } from './registration.ts'
export type { RightName, RightsView, RoleName } from './roles.ts'
export { Security } from './security.ts'
export type { Verdict } from './verification-code.ts'
export type {
  Acceptance,
  Account,
  ChatTitle,
  ClientEvent,
  Contact,
  DeviceView,
  GroupChangeView,
  ReadyAccount,
  Registration,
  Request,
  RequestStatusName,
  SendOptions,
  SendReceipt,
  Settings,
  Visibility,
} from './views.ts'
