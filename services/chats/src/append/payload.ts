/**
 * An entry's bytes as the database keeps them: one blob, sealed under the chat's data key on top of the
 * end-to-end encryption (M15). It opens only at its own place: chat and position are its associated data.
 */
import { create } from '@bufbuild/protobuf'
import { AccountId, ChatId, concatBytes, decodeMessage, encodeMessage, equalBytes } from '@veche/protocol'
import { EntrySchema, WelcomeSchema } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type DataKey, type DataKeyId, dataKeyIdOf, type Queryable } from '@veche/service-kit'
import { MAX_APPLICATION_BYTES, MAX_HANDSHAKE_BYTES } from '../limits.ts'
import type { ChatKeys } from './chat-keys.ts'
import type { Admission } from './new-entry.ts'

const MAX_PAYLOAD_BYTES = MAX_APPLICATION_BYTES + MAX_HANDSHAKE_BYTES

export interface Payload {
  readonly mlsMessage: Uint8Array
  readonly contentCiphertext: Uint8Array
  readonly wrappedKey: Uint8Array
}

/** What a device that is added gets: in a group with the profile, for the commit that has it may be removed. */
export interface WelcomePayload {
  readonly welcome: Uint8Array
  /** Of a group. */
  readonly contentCiphertext: Uint8Array
  readonly wrappedKey: Uint8Array
  readonly admissions?: readonly Admission[] | undefined
}

export function encodeWelcome({
  welcome,
  contentCiphertext,
  wrappedKey,
  admissions = [],
}: WelcomePayload): Uint8Array {
  if (contentCiphertext.length === 0) return welcome
  const message = create(WelcomeSchema, {
    welcome,
    profileCiphertext: contentCiphertext,
    wrappedProfileKey: wrappedKey,
    admissions: admissions.map(({ accountId, ...rest }) => ({
      accountId: AccountId.toBytes(accountId),
      ...rest,
    })),
  })
  return encodeMessage(WelcomeSchema, message)
}

/** As a device of this account gets it. @throws DecodeError */
export function decodeGroupWelcome(bytes: Uint8Array, account: AccountId) {
  const { welcome, profileCiphertext, wrappedProfileKey, admissions } = decodeMessage(
    WelcomeSchema,
    bytes,
    MAX_PAYLOAD_BYTES,
  )
  const id = AccountId.toBytes(account)
  const own = admissions.filter(({ accountId }) => equalBytes(accountId, id))
  return { welcome, profileCiphertext, wrappedProfileKey, admissions: own }
}

type SealedKind = 'entry' | 'welcome' | 'offer'
const KIND_BYTES = { entry: 1, welcome: 2, offer: 3 } as const satisfies Record<SealedKind, number>

/** Seals and opens what is stored of one chat, with the data keys that it is under. */
export class ChatSealing {
  readonly #keys: ChatKeys
  readonly #chatId: Uint8Array
  readonly #opened: ReadonlyMap<DataKeyId, DataKey>

  /** @throws DataKeyGoneError: the sealed bytes that named the key have changed since they were read */
  static async load(
    keys: ChatKeys,
    database: Queryable,
    chatId: ChatId,
    ids: Iterable<DataKeyId>,
  ): Promise<ChatSealing> {
    const owner = ChatId.toBytes(chatId)
    const opened = await keys.dataKeys.find(
      database,
      [...new Set(ids)].map((id) => ({ owner, id })),
    )
    return new ChatSealing(keys, chatId, opened)
  }

  constructor(keys: ChatKeys, chatId: ChatId, opened: readonly DataKey[]) {
    this.#keys = keys
    this.#chatId = ChatId.toBytes(chatId)
    this.#opened = new Map(opened.map((key) => [key.id, key]))
  }

  sealPayload(
    key: DataKeyId,
    position: bigint,
    { mlsMessage, contentCiphertext, wrappedKey }: Payload,
  ): Uint8Array {
    const payload = create(EntrySchema, { mlsMessage, contentCiphertext, wrappedKey })
    return this.#seal(key, 'entry', position, encodeMessage(EntrySchema, payload))
  }

  /** @throws DecodeError where the row is not what was sealed for this chat and position. */
  openPayload(position: bigint, sealed: Uint8Array): Payload {
    const bytes = this.#open('entry', position, sealed)
    return decodeMessage(EntrySchema, bytes, MAX_PAYLOAD_BYTES)
  }

  sealWelcome(key: DataKeyId, position: bigint, welcome: Uint8Array): Uint8Array {
    return this.#seal(key, 'welcome', position, welcome)
  }

  /** @throws DecodeError as openPayload. */
  openWelcome(position: bigint, sealed: Uint8Array): Uint8Array {
    return this.#open('welcome', position, sealed)
  }

  sealOffer(key: DataKeyId, position: bigint, offer: Uint8Array): Uint8Array {
    return this.#seal(key, 'offer', position, offer)
  }

  /** @throws DecodeError as openPayload. */
  openOffer(position: bigint, sealed: Uint8Array): Uint8Array {
    return this.#open('offer', position, sealed)
  }

  /** The same bytes of the same place under another data key. @throws DecodeError as openPayload. */
  reseal(key: DataKeyId, kind: SealedKind, position: bigint, sealed: Uint8Array): Uint8Array {
    return this.#seal(key, kind, position, this.#open(kind, position, sealed))
  }

  #seal(id: DataKeyId, kind: SealedKind, position: bigint, bytes: Uint8Array): Uint8Array {
    return this.#keys.sealing.seal(this.#keyOf(id), this.#place(kind, position), bytes)
  }

  #open(kind: SealedKind, position: bigint, sealed: Uint8Array): Uint8Array {
    return this.#keys.sealing.open(this.#keyOf(dataKeyIdOf(sealed)), this.#place(kind, position), sealed)
  }

  #keyOf(id: DataKeyId): DataKey {
    const key = this.#opened.get(id)
    if (key === undefined) throw new TypeError('a data key that was not loaded')
    return key
  }

  #place(kind: SealedKind, position: bigint): Uint8Array {
    const place = Buffer.alloc(9)
    place.writeUInt8(KIND_BYTES[kind])
    place.writeBigUInt64BE(position, 1)
    return concatBytes(this.#chatId, place)
  }
}
