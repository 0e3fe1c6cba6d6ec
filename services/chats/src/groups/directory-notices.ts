/**
 * Tells the directory that search shows something else of a group. It is told after the change is stored, and asks for the
 * group itself; a closed group is never shown anyway, because the directory asks about each before it shows it. So nothing
 * depends on this call but how soon a group that was opened is found.
 */
import type { Client } from '@connectrpc/connect'
import { ChatId } from '@veche/protocol'
import type { DirectoryInternalService } from '@veche/protocol/gen/directory/internal/v1/directory_internal_pb.js'
import { type Logger, logEvents } from '@veche/service-kit'

const TIMEOUT_MS = 3000
const events = logEvents({ directory_not_told: { error: 'error' } })

export class DirectoryNotices {
  readonly #directory: Client<typeof DirectoryInternalService>
  readonly #log: Logger

  constructor(directory: Client<typeof DirectoryInternalService>, log: Logger) {
    this.#directory = directory
    this.#log = log
  }

  /** Resolves also where the directory could not be told: it compares from time to time. */
  async changed(chatId: ChatId): Promise<void> {
    try {
      await this.#directory.refreshGroups({ chatIds: [ChatId.toBytes(chatId)] }, { timeoutMs: TIMEOUT_MS })
    } catch (error) {
      this.#log.warn(events.directory_not_told, { error })
    }
  }
}
