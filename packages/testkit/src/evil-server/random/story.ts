/** What is written down of a story (`steps.ts`, `group-steps.ts`) while real clients play it, to be judged afterwards. */
import type { ClientEvent } from '@veche/client'
import type { AccountId, ChatId } from '@veche/protocol'
import type { Victim } from '../evil-server.ts'
import type { Operator } from '../operator.ts'
import type { ShownLog } from '../shown-log.ts'

/** One person over a whole story, whose program may be started again. */
export interface Actor {
  readonly handle: string
  victim: Victim
  /** What the program told before it was last started. */
  readonly before: ClientEvent[]
  /**
   * Chats of which it was told no lies but those that a log shows, each with where its log began; all that came later may be
   * lied about. Undefined before it was told the first such lie.
   */
  known: ReadonlyMap<ChatId, bigint> | undefined
  /** Handles that it knew for what they stand for before the first lie. */
  readonly met: ReadonlySet<string>
}

/** A text that somebody's program has taken in durable keeping. */
export interface Said {
  readonly by: Actor
  readonly chat: ChatId
  readonly id: string
  readonly text: string
  /** The handle of whom alone it is for; undefined of what was written in a group. */
  readonly to?: string
}

/** A ciphertext as it left its writer. */
export interface Sealed {
  readonly by: Actor
  /** Up to where its writer was shown the log, and the log that it was shown. */
  readonly position: bigint
  readonly log: ShownLog | undefined
  /** The accounts that are in the chat, as the writer's program has it. */
  readonly readers: ReadonlySet<AccountId>
}

export interface Story {
  readonly actors: readonly Actor[]
  readonly operator: Operator
  /** In the order of saying. */
  readonly said: Said[]
  /** By ciphertext. */
  readonly seen: Map<string, Sealed>
  /** Of each group, whom somebody meant to let in. */
  readonly admitted: Map<ChatId, Set<AccountId>>
  /** By group: a link into it. */
  readonly links: Map<ChatId, string>
  /** The services themselves were forked or brought back. */
  parted: boolean
  /** What went wrong in a way that no lie excuses. */
  readonly crashes: unknown[]
}

/** Everything that the person's program told, in order. */
export function eventsOf({ before, victim }: Actor): ClientEvent[] {
  return [...before, ...victim.events]
}

export function accountOf({ victim: { client } }: Actor) {
  const { account } = client
  if (account.kind !== 'ready') throw new Error('everybody has an account')
  return account
}

/** The name of a ciphertext in `Story.seen`. */
export function nameOf(mlsMessage: Uint8Array): string {
  return Buffer.from(mlsMessage).toString('base64')
}

/** Somebody means to let these into a group. */
export function admit({ admitted }: Story, chat: ChatId, ...accounts: readonly AccountId[]): void {
  const meant = admitted.get(chat) ?? new Set()
  admitted.set(chat, meant)
  for (const account of accounts) meant.add(account)
}
