import { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { ChatsInternalService } from '@veche/protocol/gen/chats/internal/v1/chats_internal_pb.js'
import type { Database, RateLimiter, ServiceContext } from '@veche/service-kit'
import { GroupsIndex } from './groups-index.ts'
import { OpenAccounts } from './open-accounts.ts'
import { OpenGroups } from './open-groups.ts'
import { PeopleIndex } from './people-index.ts'

/** What the RPCs of this service work with. */
export interface DirectoryContext {
  readonly database: Database
  readonly limiter: RateLimiter
  readonly openAccounts: OpenAccounts
  readonly openGroups: OpenGroups
  readonly index: PeopleIndex
  readonly groupsIndex: GroupsIndex
}

export function createContext({ database, limiter, client }: ServiceContext): DirectoryContext {
  const openAccounts = new OpenAccounts(client(AccountsInternalService))
  const openGroups = new OpenGroups(client(ChatsInternalService))
  return {
    database,
    limiter,
    openAccounts,
    openGroups,
    index: new PeopleIndex({ database, openAccounts }),
    groupsIndex: new GroupsIndex({ database, openGroups }),
  }
}
