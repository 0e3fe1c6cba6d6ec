/**
 * A device that does nothing but read its stream, for tests that stop it: it counts what comes, subscribes again where
 * the stream ends, and ends itself when it has as many entries as it was told.
 *
 *     node slow-reader.ts URL TOKEN ENTRIES
 *
 * Prints `live` when it has caught up for the first time, and at the end what it saw, as JSON.
 */
import { ConnectError, createClient } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-node'
import { ChatId } from '@veche/protocol'
import { type ChatEntries, ChatsService } from '@veche/protocol/gen/chats/v1/chats_pb.js'

/** What a reader saw. */
export interface Seen {
  readonly entries: number
  /** Entries that were not the next of their chat. */
  readonly misplaced: number
  /** Why its streams ended, and with how many entries each. */
  readonly streams: readonly { readonly end: string; readonly entries: number }[]
}

const [url, token, wanted] = process.argv.slice(2) as [string, string, string]
const transport = createConnectTransport({ httpVersion: '2', baseUrl: url })
const chats = createClient(ChatsService, transport)
/** The server is gone, or does not want us. */
const MAX_STREAMS = 10
const positions = new Map<ChatId, bigint>()
const streams: { end: string; entries: number }[] = []
let entries = 0
let misplaced = 0

while (entries < Number(wanted)) await readStream()
const seen: Seen = { entries, misplaced, streams }
process.stdout.write(`${JSON.stringify(seen)}\n`)
process.exit()

async function readStream(): Promise<void> {
  const before = entries
  const named = [...positions].map(([id, position]) => ({ chatId: ChatId.toBytes(id), position }))
  const options = { headers: { authorization: `Bearer ${token}` } }
  try {
    for await (const { event } of chats.subscribe({ positions: named, inboxPosition: 0n }, options)) {
      if (event.case === 'caughtUp') process.stdout.write('live\n')
      if (event.case === 'entries') take(event.value)
      if (entries >= Number(wanted)) return
    }
    streams.push({ end: 'ended', entries: entries - before })
  } catch (error) {
    streams.push({ end: ConnectError.from(error).rawMessage, entries: entries - before })
    if (streams.length > MAX_STREAMS) process.exit(1)
  }
}

function take({ chatId, entries: taken }: ChatEntries): void {
  const id = ChatId.fromBytes(chatId)
  for (const { position } of taken) {
    const before = positions.get(id)
    if (before !== undefined && position !== before + 1n) misplaced++
    positions.set(id, position)
    entries++
  }
}
