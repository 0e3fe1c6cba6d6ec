/**
 * A chat that is begun anew (docs/wire/delivery.md), as this device holds it: it goes on in the successor of its group, with all
 * that the device has. What the server had lost of this device's own is sent anew under the ids that it had, and shown once.
 */
import { create } from '@bufbuild/protobuf'
import { type Beginning, type Group, loadPending, view } from '@veche/mls'
import { equalBytes, MessageId } from '@veche/protocol'
import { type Entry, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { type GroupProfile, type OutboxItem, OutboxItemSchema } from '@veche/protocol/gen/local/v1/chat_pb.js'
import type { ChatContext } from './chat.ts'
import type { ChatStore } from './chat-store.ts'
import { newArchive } from './local-archive.ts'
import { epochSecretOf, type LocalChat, newItem, Standing } from './local-chat.ts'
import { entryHash, nextLogHash } from './log-hash.ts'
import { withoutOldSignalKeys } from './signal-seal.ts'

export interface Successor extends Pick<LocalChat, 'group' | 'updateDue'> {
  readonly position: bigint
  /** hash(position). */
  readonly logHash: Uint8Array
  /** Of a group. */
  readonly profile?: GroupProfile | undefined
  /** The last position that the server still had; 0 where nobody has said so. */
  readonly kept: bigint
}

type Context = Pick<ChatContext, 'identity' | 'nowMs' | 'onEvent'>

const PAGE = 200

/** Whether an entry is the commit by which this device has begun the chat anew. */
export function isOwnBeginning({ pending }: LocalChat, { kind, position, mlsMessage }: Entry): boolean {
  if (!pending?.beginning || kind !== EntryKind.COMMIT || position !== pending.beginning.position)
    return false
  return equalBytes(mlsMessage, loadPending(pending.saved).commit)
}

/** Goes on with the successor that this device has made, which is in the log. */
export async function beginByOwn(context: Context, store: ChatStore, entry: Entry): Promise<void> {
  const { saved, beginning, profile } = store.state.pending!
  const { kept, keptHash, position } = beginning as Beginning
  const group: Group = loadPending(saved).next
  const logHash = nextLogHash(keptHash, entryHash(entry))
  await beginAnew(context, store, { group, position, logHash, profile, kept, updateDue: false })
}

/** One transaction. People are told. */
export async function beginAnew(context: Context, store: ChatStore, successor: Successor): Promise<void> {
  const { group, position, logHash, profile, kept, updateDue } = successor
  const before = store.state
  // Who has not followed what the server kept knows only the archive's word on what of its own stands there.
  const isMissing = kept === 0n || kept > before.position
  const lost = await ownAfter(context, store, isMissing ? 0n : kept)
  const waiting = before.outbox
    .filter(({ messageId }) => !lost.some((item) => equalBytes(item.messageId, messageId)))
    .map(({ messageId, content, refused }) => create(OutboxItemSchema, { messageId, content, refused }))
  await store.rewrite({
    ...before,
    group,
    position,
    logHashes: [logHash],
    epochs: withoutOldSignalKeys([...before.epochs, await epochSecretOf(group)]),
    outbox: [...lost, ...waiting],
    pending: undefined,
    updateDue,
    skipped: 0,
    standing: before.standing === Standing.CHANGED_BINDING ? before.standing : Standing.OPEN,
    profile,
    archive:
      isMissing && before.keeping.device ? newArchive(position, view(group).epoch, logHash) : before.archive,
    begunAt: position,
    begunAtMs: context.nowMs(),
  })
  const notice = { kind: 'begun-anew', chat: before.chatId, position } as const
  context.onEvent({ kind: 'notice', notice })
}

/** What this device has written after a position and the log had, in its order. */
async function ownAfter({ identity }: Context, { history }: ChatStore, kept: bigint): Promise<OutboxItem[]> {
  const own: OutboxItem[] = []
  for (let before: bigint | undefined; ; ) {
    const page = await history.last(PAGE, before)
    const late = page.filter(({ position }) => position > kept)
    const mine = late.filter(
      ({ accountId, deviceId }) => accountId === identity.accountId && deviceId === identity.deviceId,
    )
    own.unshift(...mine.map(({ messageId, content }) => newItem(MessageId.toBytes(messageId), content)))
    if (late.length < PAGE) return own
    before = late[0]!.position
  }
}
