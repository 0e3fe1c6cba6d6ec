import { hash } from 'node:crypto'
import { create } from '@bufbuild/protobuf'
import type { ChatId } from '@veche/protocol'
import { type ArchivedEntry, ArchivedEntrySchema, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Code, dataKeyIdOf, principalOf, RpcError, readingSealed } from '@veche/service-kit'
import { ChatSealing } from '../append/payload.ts'
import type { ChatsContext } from '../context.ts'
import {
  type ArchivePage,
  type ArchiveRow,
  findArchiveStart,
  findHashBefore,
  readArchive,
} from '../database/archive.ts'
import { findDevice } from '../database/devices.ts'
import {
  archivePagesPerAccount,
  DEFAULT_ARCHIVE_ENTRIES,
  ensureWithin,
  MAX_ARCHIVE_ENTRIES,
  MAX_CHUNK_BYTES,
} from '../limits.ts'
import { readPosition } from './position.ts'
import { readChatId } from './refusals.ts'
import type { Route } from './route.ts'

export const listArchive: Route<'listArchive'> = (context) => async (request, call) => {
  const { database, limiter } = context
  const { accountId, deviceId } = principalOf(call)
  await ensureWithin(limiter, archivePagesPerAccount, accountId)
  const chatId = readChatId(request.chatId)
  const device = await findDevice(database, { accountId, deviceId })
  const after = device && (await findArchiveStart(database, chatId, { accountId, device }))
  if (after === undefined) throw new RpcError(Code.NotFound, 'chat_unknown')
  const entries = await readPage(context, chatId, {
    after,
    before: readPosition(request.before),
    limit: Math.min(request.limit || DEFAULT_ARCHIVE_ENTRIES, MAX_ARCHIVE_ENTRIES),
    maxBytes: MAX_CHUNK_BYTES,
  })
  const [oldest] = entries
  if (!oldest) return { entries: [], more: false }
  const previousLogHash = await findHashBefore(database, chatId, oldest.position)
  return { entries, previousLogHash, more: oldest.position > after + 1n }
}

function readPage(
  { database, keys }: ChatsContext,
  chatId: ChatId,
  page: ArchivePage,
): Promise<ArchivedEntry[]> {
  return readingSealed(async () => {
    const rows = ofOneIncarnation(await readArchive(database, chatId, page))
    const ids = rows.flatMap((row) => (row.kind === EntryKind.APPLICATION ? [dataKeyIdOf(row.payload)] : []))
    const sealing = await ChatSealing.load(keys, database, chatId, ids)
    return rows.map((row) => archivedEntry(row, sealing))
  })
}

/** The newest of them that follow one another: where the chat was begun anew the page ends. */
function ofOneIncarnation(rows: readonly ArchiveRow[]): readonly ArchiveRow[] {
  const begins = rows.findLastIndex(
    ({ position }, at) => position !== (rows[at - 1]?.position ?? position) + 1n,
  )
  return rows.slice(Math.max(0, begins))
}

/** A commit is nothing to who was not in its epoch: its hash is enough for the log's. */
function archivedEntry(row: ArchiveRow, sealing: ChatSealing): ArchivedEntry {
  if (row.kind !== EntryKind.APPLICATION) {
    const { position, kind, entryHash } = row
    return create(ArchivedEntrySchema, { position, kind, entryHash })
  }
  const { position, kind, accountId, deviceId, messageId, epoch, receivedAtMs } = row
  const { mlsMessage, contentCiphertext, wrappedKey } = sealing.openPayload(position, row.payload)
  return create(ArchivedEntrySchema, {
    position,
    kind,
    accountId,
    deviceId,
    messageId,
    epoch,
    mlsMessageHash: hash('sha256', mlsMessage, 'buffer'),
    contentCiphertext,
    wrappedKey,
    receivedAtMs,
  })
}
