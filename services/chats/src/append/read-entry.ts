/**
 * From a request's bytes to an entry that may enter a log: lengths first, then what a server can read of MLS.
 * Nothing is verified here that members verify; what is refused is refused by every member's client too.
 */
import { hash } from 'node:crypto'
import { readPrivateMessage } from '@veche/mls/wire'
import { ChatId, DecodeError, labelled } from '@veche/protocol'
import type { Application } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { MAX_APPLICATION_BYTES, WRAPPED_KEY_BYTES } from '../limits.ts'
import type { NewEntry, Refusal } from './new-entry.ts'
import type { Device } from './roster.ts'

/** What every entry has besides its bytes. */
export interface EntryFrame {
  readonly chatId: ChatId
  readonly sender: Device
  readonly messageId: Uint8Array
}

export type ReadEntry =
  | { readonly kind: 'entry'; readonly entry: NewEntry }
  | { readonly kind: 'refused'; readonly reason: Refusal }

const MESSAGE_ID_BYTES = 16

export function readApplication(frame: EntryFrame, application: Application): ReadEntry {
  const { mlsMessage, contentCiphertext, wrappedKey } = application
  const bytes = mlsMessage.length + contentCiphertext.length + wrappedKey.length
  if (bytes > MAX_APPLICATION_BYTES || !hasMessageId(frame)) return refused('entry_invalid')
  if (contentCiphertext.length === 0) return refused('entry_invalid')
  if (wrappedKey.length !== 0 && wrappedKey.length !== WRAPPED_KEY_BYTES) return refused('entry_invalid')
  const decoded = decodedOr(() => readPrivateMessage(mlsMessage))
  if (!decoded) return refused('entry_invalid')
  const { groupId, epoch } = decoded
  return {
    kind: 'entry',
    entry: { ...frame, groupId, epoch, mlsMessage, contentCiphertext, wrappedKey },
  }
}

/** The MLS group id of a chat. @param incarnation how often it was begun anew */
export function groupIdOf(chatId: ChatId, incarnation: number): Uint8Array {
  const number = Buffer.alloc(4)
  number.writeUInt32BE(incarnation)
  return hash('sha256', labelled('veche group id v1', ChatId.toBytes(chatId), number), 'buffer')
}

export function hasMessageId({ messageId }: EntryFrame): boolean {
  return messageId.length === MESSAGE_ID_BYTES
}

export function refused(reason: Refusal): { readonly kind: 'refused'; readonly reason: Refusal } {
  return { kind: 'refused', reason }
}

export function decodedOr<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}
