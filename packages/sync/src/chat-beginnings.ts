/** What one chat does when it is begun anew, in the turns of its one writer. */
import { type Beginning, type CommitIntent, commit, create, successorState, view } from '@veche/mls'
import { MessageId, randomId, type Turns } from '@veche/protocol'
import { beginAnew, type Successor } from './begin-anew.ts'
import type { ChatContext } from './chat.ts'
import { toChanges } from './chat-record.ts'
import type { ChatStore } from './chat-store.ts'
import { type Outgoing, toOutgoing } from './outgoing.ts'
import { groupPartOf } from './own-commits.ts'
import { rulesOf } from './rules.ts'

export interface NewSuccessor {
  readonly incarnation: number
  readonly firstEpoch: bigint
  readonly beginning: Beginning
  /** Key packages of those who are to come in. */
  readonly add: NonNullable<CommitIntent['add']>
}

export class ChatBeginnings {
  readonly #context: ChatContext
  readonly #store: ChatStore
  readonly #turns: Turns

  constructor(context: ChatContext, store: ChatStore, turns: Turns) {
    this.#context = context
    this.#store = store
    this.#turns = turns
  }

  /** What was made and not yet answered. */
  get underWay(): Extract<Outgoing, { kind: 'reset' }> | undefined {
    const outgoing = toOutgoing(this.#store.state)
    return outgoing?.kind === 'reset' ? outgoing : undefined
  }

  /**
   * Makes a successor by what this device knows, and stores it before anybody has it. Nothing is done where the chat has left
   * that epoch: another was first.
   */
  prepare(epoch: bigint, { incarnation, firstEpoch, beginning, add }: NewSuccessor): Promise<void> {
    return this.#turns.take(async () => {
      const { chatId, group, profile } = this.#store.state
      const { device } = this.#context
      if (view(group).epoch !== epoch) return
      const last = { ...view(group), state: rulesOf(group) }
      const state = successorState(last, incarnation)
      const made = await commit(await create(device, { chatId, state, firstEpoch }), device, {
        add,
        beginning,
      })
      const committed = {
        messageId: MessageId.toBytes(randomId(MessageId)),
        saved: made.saved,
        beginning,
        ...(profile && (await groupPartOf(made, profile))),
      }
      await this.#store.store(toChanges({ case: 'committed', value: committed }))
    })
  }

  /** Goes on in the successor that another has made, and that this device accepts. */
  take(successor: Successor): Promise<void> {
    return this.#turns.take(() => beginAnew(this.#context, this.#store, successor))
  }
}
