import type { Clock, Logger } from '@veche/service-kit'
import type { BellBodies } from './answer/bell-bodies.ts'
import type { HostIds } from './host-ids.ts'
import type { Host } from './hosts/host.ts'
import type { Limits } from './limits.ts'
import type { Store } from './store.ts'
import type { KeptSuggestions } from './suggestions.ts'
import type { KeptTimes } from './times/times.ts'
import type { TokenVerifier } from './token/token-verifier.ts'
import type { Typing } from './typing.ts'

/** What the routes work with. */
export interface NichatkaContext {
  readonly store: Store
  readonly hosts: { readonly origins: ReadonlySet<string> }
  readonly hostIds: HostIds
  readonly tokens: TokenVerifier<Host>
  readonly limits: Limits
  readonly suggestions: KeptSuggestions
  readonly typing: Typing
  readonly times: KeptTimes
  readonly bells: BellBodies
  readonly clock: Clock
  readonly log: Logger
}
