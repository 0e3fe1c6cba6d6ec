export { markTold, nameDevice, untoldNews } from './account-devices.ts'
export { open as openAesGcm, seal as sealAesGcm } from './aes-gcm.ts'
export { pause } from './backoff.ts'
export { Chat } from './chat.ts'
export { listStoredChats } from './chat-files.ts'
export type { RequestOutcome } from './chat-requests.ts'
export { type Content, decodeContent, isText, MAX_MENTIONS, MAX_TEXT_CHARACTERS } from './content.ts'
export { Delivery, type DeliveryOptions } from './delivery.ts'
export { DeviceStore } from './device-store.ts'
export { DamagedError, RefusedError, UnreachableError } from './errors.ts'
export type { DeviceNews, GroupChange, LogPlace, Notice, NoticeKind, SyncEvent } from './events.ts'
export { ensureOfChat } from './exported-entry.ts'
export { isUsable } from './group-acts.ts'
export { isGroupDescription, isGroupName, type Titles } from './group-profile.ts'
export {
  openInviteOf,
  type Terms,
  withBan,
  withoutBan,
  withoutInvite,
  withoutMember,
  withoutOpenInvite,
  withRights,
  withRoles,
} from './group-wishes.ts'
export { replenish } from './key-package-stock.ts'
export { finishLeaving, leave } from './leave.ts'
export type { LinkJoined } from './link-joins.ts'
export { isMissingKeys } from './local-archive.ts'
export { isGroup, type LocalChat, Standing } from './local-chat.ts'
export type { LocalDevice } from './local-device.ts'
export type { LocalKeeping } from './local-keeping.ts'
export { readersOf, readOf } from './local-marks.ts'
export { FOR_GOOD, holds } from './own-mark.ts'
export { accountOf } from './person.ts'
export { type Binding, bindingOf, isBound, isVerified, setVerified } from './pins.ts'
export type { Acknowledgement } from './receipts.ts'
export { rulesOf } from './rules.ts'
export type { OpenBackup } from './sealed-history-keys.ts'
export { type AccountsClient, openAccounts, openServer, type Server } from './server.ts'
export { noSteps, type OnStep } from './steps.ts'
