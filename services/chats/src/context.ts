import { AccountsInternalService } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import type { Clock, Database, RateLimiter, ServiceContext } from '@veche/service-kit'
import { AppendWriter } from './append/append-writer.ts'
import { ChatKeys } from './append/chat-keys.ts'
import { Rosters } from './append/rosters.ts'
import { Arrivals } from './devices/arrivals.ts'
import { Endings } from './devices/endings.ts'
import { DirectoryNotices } from './groups/directory-notices.ts'
import { JoinRequests } from './groups/join-requests.ts'
import { MemberRequests } from './groups/member-requests.ts'
import { Sweep } from './kept/sweep.ts'
import { type AccountsClient, People } from './people.ts'
import { type GrantKey, openGrantKey } from './requests/grant-key.ts'
import { Notices } from './requests/notices.ts'
import { Requests } from './requests/requests.ts'
import { Acknowledgements } from './stream/acknowledgements.ts'
import { Signals } from './stream/signals.ts'
import { StreamHub } from './stream/stream-hub.ts'

/** What the RPCs of this service work with. */
export interface ChatsContext {
  readonly database: Database
  readonly keys: ChatKeys
  readonly clock: Clock
  readonly limiter: RateLimiter
  readonly accounts: AccountsClient
  readonly people: People
  readonly grantKey: GrantKey
  readonly requests: Requests
  readonly memberRequests: MemberRequests
  readonly joinRequests: JoinRequests
  readonly notices: Notices
  readonly arrivals: Arrivals
  readonly endings: Endings
  readonly rosters: Rosters
  readonly writer: AppendWriter
  readonly hub: StreamHub
  readonly signals: Signals
  readonly acknowledgements: Acknowledgements
  readonly sweep: Sweep
  readonly directoryNotices: DirectoryNotices
}

export async function createContext(service: ServiceContext): Promise<ChatsContext> {
  const { database, sealing, clock, limiter, bus, log, randomness } = service
  const accounts = service.client(AccountsInternalService)
  const people = new People(accounts)
  const hub = new StreamHub(bus)
  const signals = new Signals(bus, hub)
  const rosters = new Rosters()
  const keys = new ChatKeys(sealing)
  const onTold = hub.inboxesChanged.bind(hub)
  const notices = new Notices({ database, people, clock, randomness, log, onTold })
  const onNotice = () => notices.soon()
  const arrivals = new Arrivals({ database, clock, log, onTold })
  const sweep = new Sweep({ database, clock, log })
  const onEnded = () => void sweep.run()
  return {
    database,
    keys,
    clock,
    limiter,
    accounts,
    people,
    grantKey: await openGrantKey(database, sealing),
    requests: new Requests({ database, people, clock, onNotice }),
    memberRequests: new MemberRequests({ database, people, clock, onNotice }),
    joinRequests: new JoinRequests({ database, people, clock, onNotice, onTold }),
    notices,
    arrivals,
    endings: new Endings({ database, accounts, bus, clock, log, onTold, onEnded }),
    rosters,
    writer: new AppendWriter({
      database,
      keys,
      rosters,
      nowMs: () => clock.nowMs(),
      log,
      onStored: (appended) => {
        hub.stored(appended)
        if (appended.hasNotices) onNotice()
        arrivals.joined(appended.entries)
      },
    }),
    hub,
    signals,
    acknowledgements: new Acknowledgements(database, (delivered) => signals.delivered(delivered)),
    sweep,
    directoryNotices: new DirectoryNotices(service.client(DirectoryInternalService), log),
  }
}
