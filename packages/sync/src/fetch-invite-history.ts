/** What the server has for the holder of a link "with history": all pages, as far as they are what members made. */
import { create } from '@bufbuild/protobuf'
import { ChatId, DecodeError, equalBytes } from '@veche/protocol'
import { type HistoryKey, HistoryKeySchema } from '@veche/protocol/gen/e2ee/v1/history_keys_pb.js'
import { createPageOpener, type EpochKey } from './invite-history.ts'
import type { ChatsClient } from './server.ts'

interface Link {
  readonly chatId: ChatId
  readonly inviteId: Uint8Array
  /** 32 bytes. */
  readonly seed: Uint8Array
  /** The epoch that begins as the link's holder joins: keys of later ones nobody has. */
  readonly epoch: bigint
}

/** More no honest server needs: a megabyte each. */
const MAX_CALLS = 50
const MAX_KEYS = 100_000
/** Of one epoch: more could only be there to make reading slow. */
const MAX_EPOCH_KEYS = 8

/** What the server leaves out, or does not give in order, is missing. @throws UnreachableError, RefusedError as FetchInvite */
export async function fetchInviteHistory(
  server: Pick<ChatsClient, 'listInviteHistory'>,
  { chatId, inviteId, seed, epoch }: Link,
): Promise<HistoryKey[]> {
  const open = await createPageOpener(chatId, { inviteId, seed })
  const found = new FoundKeys(epoch)
  let after = 0n
  for (let calls = 0; calls < MAX_CALLS; calls++) {
    const { pages, more } = await server.listInviteHistory({
      chatId: ChatId.toBytes(chatId),
      inviteId,
      after,
    })
    for (const { number, sealed } of pages) {
      if (number <= after) return found.of(chatId)
      after = number
      found.add(await openOr(open, sealed))
    }
    if (!more || pages.length === 0 || found.count >= MAX_KEYS) break
  }
  return found.of(chatId)
}

class FoundKeys {
  readonly #before: bigint
  readonly #keys = new Map<bigint, Uint8Array[]>()
  count = 0

  /** @param before this epoch */
  constructor(before: bigint) {
    this.#before = before
  }

  add(some: readonly EpochKey[]): void {
    for (const { epoch, key } of some) {
      const known = this.#keys.get(epoch) ?? []
      const isNews = epoch < this.#before && !known.some((one) => equalBytes(one, key))
      if (!isNews || known.length >= MAX_EPOCH_KEYS || this.count >= MAX_KEYS) continue
      this.#keys.set(epoch, [...known, key])
      this.count++
    }
  }

  of(chatId: ChatId): HistoryKey[] {
    const id = ChatId.toBytes(chatId)
    return [...this.#keys].flatMap(([epoch, keys]) =>
      keys.map((key) => create(HistoryKeySchema, { chatId: id, epoch, key })),
    )
  }
}

/** One that members did not make is passed over. */
async function openOr(
  open: (page: Uint8Array) => Promise<EpochKey[]>,
  sealed: Uint8Array,
): Promise<EpochKey[]> {
  try {
    return await open(sealed)
  } catch (error) {
    if (error instanceof DecodeError) return []
    throw error
  }
}
