import type { Migration } from '@veche/service-kit'
import { appUser } from './migrations/app-user.ts'
import { delivery } from './migrations/delivery.ts'
import { deliveryFilters } from './migrations/delivery-filters.ts'
import { host } from './migrations/host.ts'
import { memberCount } from './migrations/member-count.ts'
import { message } from './migrations/message.ts'
import { messageAddress } from './migrations/message-address.ts'
import { readCount } from './migrations/read-count.ts'
import { replyIndexes } from './migrations/reply-indexes.ts'
import { search } from './migrations/search.ts'
import { searchStretches } from './migrations/search-stretches.ts'
import { userGroup } from './migrations/user-group.ts'

/** In the order in which they run. */
export const migrations: readonly Migration[] = [
  host,
  appUser,
  userGroup,
  message,
  messageAddress,
  delivery,
  search,
  deliveryFilters,
  memberCount,
  readCount,
  replyIndexes,
  searchStretches,
]
