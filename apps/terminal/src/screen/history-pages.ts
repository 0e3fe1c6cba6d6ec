/** Pages of a chat's history from the disk. */
import type { Client, ShownMessage } from '@veche/client'
import { fetchOlder } from '../older-messages.ts'
import { type PageKind, pageSize } from './conversation.ts'
import type { PageWish } from './talk-state.ts'

type ChatId = ShownMessage['chat']

export async function readPage(
  client: Client,
  chat: ChatId,
  wish: PageWish,
): Promise<{ which: PageKind; messages: readonly ShownMessage[] }> {
  switch (wish.kind) {
    case 'newest':
      return { which: wish, messages: await client.history(chat, { limit: pageSize }) }
    case 'older':
      await fetchOlder(client, chat, pageSize, wish.before)
      return {
        which: { kind: 'older' },
        messages: await client.history(chat, { limit: pageSize, before: wish.before }),
      }
    case 'newer':
      return { which: { kind: 'newer' }, messages: await readNewer(client, chat, wish.after) }
    case 'around': {
      const before = wish.seq + BigInt(pageSize / 2)
      return {
        which: { kind: 'around', id: wish.id },
        messages: await client.history(chat, { limit: pageSize, before }),
      }
    }
    default:
      return wish satisfies never
  }
}

/**
 * Positions follow one another without gaps, so the last page before `after + pageSize` has all that came next. Not
 * every position is a message: where a stretch holds none, the next one is read. At the end, what waits comes along.
 */
async function readNewer(client: Client, chat: ChatId, after: bigint): Promise<ShownMessage[]> {
  const end = client.chats().find((each) => each.chat === chat)?.position ?? after
  for (let from = after; ; from += BigInt(pageSize)) {
    const isLast = from + BigInt(pageSize) >= end
    const page = isLast ? { limit: 2 * pageSize } : { limit: pageSize, before: from + BigInt(pageSize) + 1n }
    const messages = await client.history(chat, page)
    const newer = messages.filter(({ seq }) => seq === undefined || seq > after)
    if (newer.length > 0 || isLast) return newer
  }
}
