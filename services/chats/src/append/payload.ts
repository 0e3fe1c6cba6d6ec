/**
 * An entry's bytes as the database keeps them: one blob, sealed under the chat's data key on top of the
 * end-to-end encryption (M15). It opens only at its own place: chat and position are its associated data.
 */
import { create } from '@bufbuild/protobuf'
import { ChatId, concatBytes, decodeMessage, encodeMessage } from '@veche/protocol'
import { EntrySchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { DataKey, Sealing } from '@veche/service-kit'
import { MAX_APPLICATION_BYTES, MAX_HANDSHAKE_BYTES } from '../limits.ts'

const PURPOSE = 'chat log'
const MAX_PAYLOAD_BYTES = MAX_APPLICATION_BYTES + MAX_HANDSHAKE_BYTES

export interface Payload {
  readonly mlsMessage: Uint8Array
  readonly contentCiphertext: Uint8Array
  readonly wrappedKey: Uint8Array
}

/** Seals and opens what is stored of one chat. */
export class ChatSealing {
  readonly #sealing: Sealing
  readonly #chatId: Uint8Array
  readonly #key: DataKey

  /** @param wrappedKey as `newChatKey` gave it */
  constructor(sealing: Sealing, chatId: ChatId, wrappedKey: Uint8Array) {
    this.#sealing = sealing
    this.#chatId = ChatId.toBytes(chatId)
    this.#key = sealing.openDataKey(PURPOSE, this.#chatId, wrappedKey)
  }

  sealPayload(position: bigint, { mlsMessage, contentCiphertext, wrappedKey }: Payload): Uint8Array {
    const payload = create(EntrySchema, { mlsMessage, contentCiphertext, wrappedKey })
    return this.#sealing.seal(this.#key, this.#place('entry', position), encodeMessage(EntrySchema, payload))
  }

  /** @throws DecodeError where the row is not what was sealed for this chat and position. */
  openPayload(position: bigint, sealed: Uint8Array): Payload {
    const bytes = this.#sealing.open(this.#key, this.#place('entry', position), sealed)
    return decodeMessage(EntrySchema, bytes, MAX_PAYLOAD_BYTES)
  }

  sealWelcome(position: bigint, welcome: Uint8Array): Uint8Array {
    return this.#sealing.seal(this.#key, this.#place('welcome', position), welcome)
  }

  /** @throws DecodeError as openPayload. */
  openWelcome(position: bigint, sealed: Uint8Array): Uint8Array {
    return this.#sealing.open(this.#key, this.#place('welcome', position), sealed)
  }

  #place(kind: 'entry' | 'welcome', position: bigint): Uint8Array {
    const place = Buffer.alloc(9)
    place.writeUInt8(kind === 'entry' ? 1 : 2)
    place.writeBigUInt64BE(position, 1)
    return concatBytes(this.#chatId, place)
  }
}

/** A chat's new data key, wrapped for its row. */
export function newChatKey(sealing: Sealing, chatId: ChatId): Uint8Array {
  return sealing.newDataKey(PURPOSE, ChatId.toBytes(chatId))
}
