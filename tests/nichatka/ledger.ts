/**
 * What the users of one host asked for and were told: the other side of the account that the service keeps. A request
 * whose answer was lost is asked again until it is answered, so that in the end every entry is acknowledged or refused.
 */
import type { Color, Priority } from '../../services/nichatka/src/domain.ts'

export interface Sent {
  readonly key: string
  readonly sender: string
  /** Like no other. */
  readonly text: string
  readonly to: Target
  /** As it was given; undefined in a reply that leaves it out. */
  readonly priority: Priority | undefined
  readonly outcome: 'acknowledged' | 'refused'
}

export type Target =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'chosen'; readonly users: readonly string[]; readonly groups: readonly string[] }
  | { readonly kind: 'reply'; readonly parentId: string; readonly toAll: boolean }

/** What a user last made of a message; left out is as it came. */
export interface View {
  readonly status?: 'read' | 'hidden'
  readonly color?: Color | 'none'
  readonly priority?: Priority | 'sender'
}

export class Ledger {
  readonly sent: Sent[] = []
  /** By `nickname id`. */
  readonly views = new Map<string, View>()
  /** Who belongs to a group: those made at the beginning by their id, those made under way by their name. */
  readonly groups = new Map<string, readonly string[]>()
  /** Who last came into the group that changes all the time, or left it. */
  readonly joined = new Map<string, boolean>()
  /** Answers that were no answer: nobody there, or not able to. */
  unanswered = 0
  acknowledged = 0
  refused = 0
  /** Acknowledged messages that were sent once more. */
  repeated = 0

  change(nickname: string, id: string, change: View): void {
    this.views.set(`${nickname} ${id}`, { ...this.views.get(`${nickname} ${id}`), ...change })
  }
}
