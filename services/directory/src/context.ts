import { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import type { Database, RateLimiter, ServiceContext } from '@veche/service-kit'
import { OpenAccounts } from './open-accounts.ts'
import { PeopleIndex } from './people-index.ts'

/** What the RPCs of this service work with. */
export interface DirectoryContext {
  readonly database: Database
  readonly limiter: RateLimiter
  readonly openAccounts: OpenAccounts
  readonly index: PeopleIndex
}

export function createContext({ database, limiter, client }: ServiceContext): DirectoryContext {
  const openAccounts = new OpenAccounts(client(AccountsInternalService))
  return { database, limiter, openAccounts, index: new PeopleIndex({ database, openAccounts }) }
}
