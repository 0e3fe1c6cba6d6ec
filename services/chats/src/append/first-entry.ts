/** What opens a chat is repeated by its bytes: the first entry tells whether they are the same. */
import { AccountId, DeviceId, equalBytes } from '@veche/protocol'
import { EntryKind, type Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { Code, type Database, RpcError } from '@veche/service-kit'
import { findFirstEntry } from '../database/log.ts'
import { entryHash } from './entry-hash.ts'
import type { AppendOutcome } from './new-entry.ts'
import type { EntryFrame } from './read-entry.ts'

/** @throws RpcError ABORTED chat_exists where another commit was first */
export async function repeatedOpening(
  database: Database,
  { chatId, sender, messageId }: EntryFrame,
  { commit, profileCiphertext, wrappedProfileKey }: Handshake,
): Promise<AppendOutcome> {
  const ownHash = entryHash({
    position: 1n,
    kind: EntryKind.COMMIT,
    accountId: AccountId.toBytes(sender.accountId),
    deviceId: DeviceId.toBytes(sender.deviceId),
    messageId,
    mlsMessage: commit,
    contentCiphertext: profileCiphertext,
    wrappedKey: wrappedProfileKey,
  })
  const first = await findFirstEntry(database, chatId)
  if (!first || !equalBytes(first.entryHash, ownHash)) throw new RpcError(Code.Aborted, 'chat_exists')
  return { kind: 'stored', position: 1n, receivedAtMs: first.receivedAtMs }
}
