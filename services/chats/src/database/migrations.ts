import type { Migration } from '@veche/service-kit'
import { chat } from './migrations/chat.ts'
import { chatAccount } from './migrations/chat-account.ts'
import { chatBlocked } from './migrations/chat-blocked.ts'
import { chatDevice } from './migrations/chat-device.ts'
import { dataKey, movedDataKey } from './migrations/data-key.ts'
import { device } from './migrations/device.ts'
import { deviceEnding } from './migrations/device-ending.ts'
import { entry } from './migrations/entry.ts'
import { group } from './migrations/group.ts'
import { inbox } from './migrations/inbox.ts'
import { incarnation } from './migrations/incarnation.ts'
import { invite } from './migrations/invite.ts'
import { inviteHistory } from './migrations/invite-history.ts'
import { joinRequest } from './migrations/join-request.ts'
import { kept } from './migrations/kept.ts'
import { mark } from './migrations/mark.ts'
import { openGroup } from './migrations/open-group.ts'
import { pair } from './migrations/pair.ts'
import { replacement } from './migrations/replacement.ts'
import { secret } from './migrations/secret.ts'
import { welcome } from './migrations/welcome.ts'

/**
 * In the order in which they run. Ids are bytes, times are milliseconds since 1970. Nothing of a person is here but
 * account ids and handles; nothing of a message but who sent it, when, and its sealed bytes.
 */
export const migrations: readonly Migration[] = [
  device,
  inbox,
  secret,
  pair,
  chat,
  chatDevice,
  entry,
  chatBlocked,
  kept,
  dataKey,
  movedDataKey,
  group,
  invite,
  mark,
  welcome,
  deviceEnding,
  chatAccount,
  openGroup,
  inviteHistory,
  joinRequest,
  replacement,
  incarnation,
]
