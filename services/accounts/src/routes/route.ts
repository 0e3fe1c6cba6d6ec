import type { ServiceImpl } from '@connectrpc/connect'
import type { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import type { AccountsService } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import type { RegistrationService } from '@veche/protocol/gen/accounts/v1/registration_pb.js'
import type { AccountsContext } from '../context.ts'

type Accounts = ServiceImpl<typeof AccountsService>
type Registration = ServiceImpl<typeof RegistrationService>
type Internal = ServiceImpl<typeof AccountsInternalService>

/** Gives the handler of one RPC, by its name. */
export type AccountsRoute<Name extends keyof Accounts> = (context: AccountsContext) => Accounts[Name]
export type RegistrationRoute<Name extends keyof Registration> = (
  context: AccountsContext,
) => Registration[Name]
export type InternalRoute<Name extends keyof Internal> = (context: AccountsContext) => Internal[Name]
