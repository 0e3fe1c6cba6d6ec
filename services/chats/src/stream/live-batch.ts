/** Entries of a chat just stored, as they go out: encoded once for all streams that write them as they are. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import { ChatId } from '@veche/protocol'
import {
  type Entry,
  type SubscribeResponse,
  SubscribeResponseSchema,
} from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { encodeFrame } from '@veche/service-kit'
import type { LiveEntry } from './device-queue.ts'

/** What a stream says. */
export type StreamEvent = NonNullable<MessageInitShape<typeof SubscribeResponseSchema>['event']>

export class LiveBatch {
  readonly chatId: ChatId
  /** Consecutive. */
  readonly entries: readonly LiveEntry[]
  #frame: Uint8Array | undefined

  constructor(chatId: ChatId, entries: readonly LiveEntry[]) {
    this.chatId = chatId
    this.entries = entries
  }

  get frame(): Uint8Array {
    this.#frame ??= encodeFrame(toBinary(SubscribeResponseSchema, this.#response()))
    return this.#frame
  }

  #response(): SubscribeResponse {
    const entries = this.entries.map(({ entry }) => entry)
    return create(SubscribeResponseSchema, { event: entriesEvent(this.chatId, entries) })
  }
}

export function entriesEvent(chatId: ChatId, entries: readonly Entry[]): StreamEvent {
  return { case: 'entries', value: { chatId: ChatId.toBytes(chatId), entries: [...entries] } }
}
