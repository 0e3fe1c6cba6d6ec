/**
 * Identifiers. On the wire they are bytes of fixed length; in memory and for people they are lower-case
 * base32 (RFC 4648 section 6, no padding), branded so that one kind cannot stand in for another.
 */
import { base32nopad } from '@scure/base'
import { DecodeError } from './decode-error.ts'

declare const brand: unique symbol
type Id<Kind extends string> = string & { readonly [brand]: Kind }

/** SHA-256 of the account's public key: the server cannot put another key under a known id. */
export type AccountId = Id<'account'>
export type DeviceId = Id<'device'>
export type ChatId = Id<'chat'>
export type MessageId = Id<'message'>

export interface IdKind<T> {
  readonly name: string
  readonly bytes: number
  /** @throws DecodeError unless `value` has exactly this kind's length. */
  fromBytes(value: Uint8Array): T
  toBytes(id: T): Uint8Array<ArrayBuffer>
  /** Reads what a person or a file gives. @throws DecodeError */
  parse(text: string): T
}

export const AccountId = idKind<AccountId>('account id', 32)
export const DeviceId = idKind<DeviceId>('device id', 16)
export const ChatId = idKind<ChatId>('chat id', 16)
export const MessageId = idKind<MessageId>('message id', 16)

/** A new random id of a kind whose ids are 16 random bytes. */
export function randomId<T extends DeviceId | ChatId | MessageId>(kind: IdKind<T>): T {
  return kind.fromBytes(crypto.getRandomValues(new Uint8Array(kind.bytes)))
}

function idKind<T extends string>(name: string, bytes: number): IdKind<T> {
  const characters = Math.ceil((bytes * 8) / 5)
  return {
    name,
    bytes,
    fromBytes(value) {
      if (value.length !== bytes) throw new DecodeError(`${name}: ${value.length} bytes, not ${bytes}`)
      return base32nopad.encode(value).toLowerCase() as T
    },
    toBytes: (id) => base32nopad.decode(id.toUpperCase()) as Uint8Array<ArrayBuffer>,
    parse(text) {
      if (text.length !== characters)
        throw new DecodeError(`${name}: ${text.length} characters, not ${characters}`)
      let value: Uint8Array
      try {
        value = base32nopad.decode(text.toUpperCase())
      } catch (cause) {
        throw new DecodeError(`${name}: not base32`, { cause })
      }
      return this.fromBytes(value)
    },
  }
}
