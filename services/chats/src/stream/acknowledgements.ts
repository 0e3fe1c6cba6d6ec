import { Code, type Database, RpcError } from '@veche/service-kit'
import { BatchLoop, QueueFullError } from '../batch-loop.ts'
import { type Acknowledgement, storeAcknowledgements } from '../database/device-log.ts'
import type { DeliveredTo } from './signal-wire.ts'

const LIMITS = { maxWaiting: 10_000, maxWaitingBytes: 1_000_000, maxBatch: 1000, maxBatchBytes: 50_000 }

/**
 * Stores what devices have acknowledged, all that comes at the same time in one transaction. It need not be synced
 * to disk at once: a device that finds its acknowledgement lost gives a later one.
 */
export class Acknowledgements {
  readonly #loop: BatchLoop<Acknowledgement, undefined>

  /** @param onDelivered told what is stored now of private chats */
  constructor(database: Database, onDelivered: (delivered: readonly DeliveredTo[]) => void) {
    this.#loop = new BatchLoop(LIMITS, async (acknowledgements) => {
      const delivered = await database.transaction(async (transaction) => {
        await transaction.query('SET LOCAL synchronous_commit = off')
        return storeAcknowledgements(transaction, acknowledgements)
      })
      onDelivered(delivered)
      return acknowledgements.map(() => undefined)
    })
  }

  /** @throws RpcError RESOURCE_EXHAUSTED too_busy */
  async store(acknowledgement: Acknowledgement): Promise<void> {
    try {
      await this.#loop.submit(acknowledgement, 1 + acknowledgement.positions.length)
    } catch (cause) {
      if (!(cause instanceof QueueFullError)) throw cause
      throw new RpcError(Code.ResourceExhausted, 'too_busy', { retryAfterMs: 1000, cause })
    }
  }

  settled(): Promise<void> {
    return this.#loop.settled()
  }
}
