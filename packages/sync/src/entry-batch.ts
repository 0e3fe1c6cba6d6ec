import type { ChatChange } from '@veche/protocol/gen/local/v1/chat_pb.js'
import { applyChanges, type LocalChat } from './local-chat.ts'
import type { Outcome, Remark } from './receive-entry.ts'

/** Entries that are taken in and not yet stored. */
export class EntryBatch {
  /** With the changes. */
  chat: LocalChat
  changes: ChatChange[] = []
  remarks: { remark: Remark; position: bigint }[] = []

  constructor(chat: LocalChat) {
    this.chat = chat
  }

  /** @returns how many changes there are now */
  add({ changes, remark }: Extract<Outcome, { kind: 'changes' }>, position: bigint): number {
    this.chat = applyChanges(this.chat, changes)
    this.changes.push(...changes)
    if (remark) this.remarks.push({ remark, position })
    return this.changes.length
  }

  take(): Pick<EntryBatch, 'changes' | 'remarks'> {
    const taken = { changes: this.changes, remarks: this.remarks }
    this.changes = []
    this.remarks = []
    return taken
  }
}
