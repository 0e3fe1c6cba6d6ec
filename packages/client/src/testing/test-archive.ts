/** What the server's archive and backup answer, made of one member's log: for as long as the services have neither. */
import { create, type Message } from '@bufbuild/protobuf'
import { Code, ConnectError } from '@connectrpc/connect'
import { sha256 } from '@noble/hashes/sha2.js'
import { EMPTY_LOG_HASH, hashEntry, hashLog } from '@veche/protocol'
import {
  AddHistoryKeysResponseSchema,
  ListHistoryKeysResponseSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import {
  ArchivedEntrySchema,
  type Entry,
  EntryKind,
  ListArchiveResponseSchema,
  ListSendersResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { TestMember } from './people.ts'

export class TestArchive {
  readonly batches: Uint8Array[] = []
  /** It gives no keys. */
  isSlow = false
  #server: Pick<TestMember, 'server'>['server'] | undefined

  /** What this member may read is what there is. */
  keep({ server }: TestMember): void {
    this.#server = server
  }

  /** For TestLine's `answers`. */
  readonly answer = async (method: string, input: object): Promise<Message | undefined> => {
    const request = input as {
      sealed?: Uint8Array
      after?: bigint
      chatId?: Uint8Array
      before?: bigint
      limit?: number
    }
    switch (method) {
      case 'AddHistoryKeys':
        this.batches.push(request.sealed!)
        return create(AddHistoryKeysResponseSchema)
      case 'ListHistoryKeys': {
        if (this.isSlow) throw new ConnectError('slow', Code.DeadlineExceeded)
        const all = this.batches.map((sealed, index) => ({ number: BigInt(index + 1), sealed }))
        return create(ListHistoryKeysResponseSchema, {
          batches: all.filter(({ number }) => number > request.after!),
        })
      }
      case 'ListArchive':
        return this.#page(request.chatId!, Number(request.before), request.limit!)
      case 'ListSenders':
        return this.#senders(request.chatId!)
      default:
        return undefined
    }
  }

  async #page(chatId: Uint8Array, before: number, limit: number) {
    const { entries: log } = await this.#server!.chats.listEntries({ chatId, limit: 500 })
    const hashes = [EMPTY_LOG_HASH]
    for (const entry of log) hashes.push(hashLog(sha256, hashes.at(-1)!, hashEntry(sha256, entry)))
    const start = Math.max(0, before - 1 - limit)
    return create(ListArchiveResponseSchema, {
      entries: log.slice(start, before - 1).map(toArchived),
      previousLogHash: hashes[start]!,
      more: start > 0,
    })
  }

  async #senders(chatId: Uint8Array) {
    const { accounts } = await this.#server!.chats.listChatDevices({ chatId })
    return create(ListSendersResponseSchema, { devices: accounts.flatMap(({ devices }) => devices) })
  }
}

function toArchived(entry: Entry) {
  const { position, kind, mlsMessage } = entry
  if (kind === EntryKind.COMMIT)
    return create(ArchivedEntrySchema, { position, kind, entryHash: hashEntry(sha256, entry) })
  const { accountId, deviceId, messageId, epoch, contentCiphertext, wrappedKey } = entry
  const mlsMessageHash = sha256(mlsMessage)
  return create(ArchivedEntrySchema, {
    position,
    kind,
    accountId,
    deviceId,
    messageId,
    epoch,
    mlsMessageHash,
    contentCiphertext,
    wrappedKey,
  })
}
