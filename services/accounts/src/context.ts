import type { AccountId } from '@veche/protocol'
import type { RegistrationPolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import type { Bus, Clock, Database, RateLimiter, ServiceContext } from '@veche/service-kit'
import type { Proven, ProvenStore, UsedProof } from './credentials/proven.ts'
import { DirectoryNotices } from './directory-notices.ts'
import { SealedSecrets } from './keys/sealed-secrets.ts'
import { openServerKeys, type ServerKeys } from './keys/server-keys.ts'
import { type AttemptLimits, attemptLimits } from './limits.ts'
import { Linkings } from './linking/linkings.ts'
import { type ExpiringStore, MemoryExpiringStore } from './login/expiring-store.ts'
import { createOpaqueServer, type OpaqueServer } from './login/opaque.ts'
import { REGISTRATION_POLICIES, type settings } from './settings.ts'

/** What the RPCs of this service work with. */
export interface AccountsContext {
  readonly database: Database
  readonly bus: Bus
  readonly clock: Clock
  readonly limiter: RateLimiter
  readonly attempts: AttemptLimits
  /** An origin without a trailing slash. */
  readonly publicUrl: string
  /** What holds where no administrator has set another policy. */
  readonly configuredPolicy: RegistrationPolicy
  readonly secrets: SealedSecrets
  readonly keys: ServerKeys
  readonly opaque: OpaqueServer
  readonly directory: DirectoryNotices
  /** By login id. */
  readonly logins: ExpiringStore<LoginUnderWay>
  /** Whose password was proved, by login token. */
  readonly provenLogins: ProvenStore
  /** What login tokens were used for, where the same may be asked again. */
  readonly usedLogins: ExpiringStore<UsedProof>
  readonly linkings: Linkings
  /** Who was given a blind answer for a new password, by change token. */
  readonly passwordChanges: ProvenStore
  /** Whose recovery code was proved, by recovery token. */
  readonly provenRecoveries: ProvenStore
}

export interface LoginUnderWay {
  readonly opaqueState: string
  /** Null for an unknown handle, whose login goes on to fail. */
  readonly accountId: AccountId | null
  /** As in Proven. */
  readonly credential: string
}

/** A minute holds one password's slow hashing, also on an old telephone. */
const LOGIN_LIFETIME_MS = 60_000
const PROOF_LIFETIME_MS = 10 * 60_000
/** About 10 MB when full. */
const MAX_LOGINS = 20_000

export async function createContext({
  database,
  bus,
  clock,
  limiter,
  publicUrl,
  sealing,
  log,
  client,
  settings: { registration, attemptRate },
}: ServiceContext<typeof settings>): Promise<AccountsContext> {
  const secrets = await SealedSecrets.open(database, sealing)
  const keys = await openServerKeys(secrets)
  return {
    database,
    bus,
    clock,
    limiter,
    attempts: attemptLimits(attemptRate),
    publicUrl,
    configuredPolicy: REGISTRATION_POLICIES[registration],
    secrets,
    keys,
    opaque: await createOpaqueServer(keys.opaqueSetup),
    directory: new DirectoryNotices(client(DirectoryInternalService), log),
    logins: new MemoryExpiringStore({ lifetimeMs: LOGIN_LIFETIME_MS, maxEntries: MAX_LOGINS, clock }),
    provenLogins: provenStore(clock),
    usedLogins: provenStore(clock),
    linkings: new Linkings({ clock }),
    passwordChanges: provenStore(clock),
    provenRecoveries: provenStore(clock),
  }
}

function provenStore<T extends Proven>(clock: Clock): ExpiringStore<T> {
  return new MemoryExpiringStore({ lifetimeMs: PROOF_LIFETIME_MS, maxEntries: MAX_LOGINS, clock })
}
