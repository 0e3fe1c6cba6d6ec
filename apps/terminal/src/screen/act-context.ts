import type { MemberProfile } from '../profile.ts'
import type { Words } from '../words/en.ts'
import type { Listings } from './listings.ts'
import type { Happening } from './talk.ts'

/** What the acts stand on: who acts, and where what comes of it happens. */
export interface ActContext extends Pick<MemberProfile, 'client' | 'account' | 'seen'> {
  readonly listings: Listings
  /** Of the screen. */
  readonly signal: AbortSignal
  /** In the language of the moment. */
  readonly words: () => Words
  readonly take: (happening: Happening) => void
}
