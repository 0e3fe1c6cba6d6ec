import type { ServiceImpl } from '@connectrpc/connect'
import type { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import type { AccountsContext } from '../context.ts'
import { ensureAdministratorCode } from './internal/ensure-administrator-code.ts'
import { getAcceptance } from './internal/get-acceptance.ts'
import { getAccounts } from './internal/get-accounts.ts'
import { getBlockers } from './internal/get-blockers.ts'
import { getDevices } from './internal/get-devices.ts'
import { getOpenAccounts } from './internal/get-open-accounts.ts'
import { getTokenKeys } from './internal/get-token-keys.ts'
import { listEndedDevices } from './internal/list-ended-devices.ts'
import { listOpenAccounts } from './internal/list-open-accounts.ts'
import { resolveHandle } from './internal/resolve-handle.ts'
import { setGrantKey } from './internal/set-grant-key.ts'

export function internalService(context: AccountsContext) {
  return {
    getTokenKeys: getTokenKeys(context),
    listEndedDevices: listEndedDevices(context),
    setGrantKey: setGrantKey(context),
    resolveHandle: resolveHandle(context),
    getAccounts: getAccounts(context),
    getDevices: getDevices(context),
    getAcceptance: getAcceptance(context),
    getBlockers: getBlockers(context),
    getOpenAccounts: getOpenAccounts(context),
    listOpenAccounts: listOpenAccounts(context),
    ensureAdministratorCode: ensureAdministratorCode(context),
  } satisfies ServiceImpl<typeof AccountsInternalService>
}
