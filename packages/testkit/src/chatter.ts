/**
 * A person as a program, for tests that kill it: opens a profile, writes a numbered message every few milliseconds
 * and shows what arrives. Everything it does and sees goes to a journal, one JSON line each, which the test reads
 * afterwards, however the program ended.
 *
 *     node chatter.ts PROFILE JOURNAL CHAT PREFIX COUNT|settle|history
 *
 * It begins at the number after the last that it tried. `settle` writes nothing and waits until everything is sent and
 * received; `history` also puts its whole history down.
 */
import { openSync, readFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openProfile } from '@veche/client'
import type { ChatterLine } from './chatter-line.ts'

const [profile, journalFile, chatText, prefix, task] = process.argv.slice(2) as Parameters
type Parameters = [string, string, string, string, string]
const tried = linesOf(journalFile).filter((line) => line.kind === 'trying').length
const journal = openSync(journalFile, 'a')
const opened = await openProfile(profile)
if (opened.kind === 'busy') throw new Error('the profile is busy')
const { client } = opened
const chat = client.findChat(chatText)

const stop = new AbortController()
const showing = show()
if (task === 'settle') await client.catchUp(60_000)
else if (task === 'history') await writeHistory()
else await write(Number(task))
stop.abort()
await showing
await client.close()

async function write(count: number): Promise<void> {
  const following = client.connect(stop.signal).catch(() => {}) // ends when stopped
  for (let number = tried + 1; number <= tried + count; number++) {
    const text = `${prefix}-${number}`
    note({ kind: 'trying', client: prefix, chat, text })
    const { id, acknowledged } = await client.send(chat, text)
    note({ kind: 'accepted', client: prefix, chat, id })
    acknowledged.then(
      ({ seq }) => note({ kind: 'acknowledged', client: prefix, chat, id, seq }),
      () => {}, // it is still in the outbox, and the history will tell
    )
    await sleep(Math.random() * 20)
  }
  stop.abort()
  await following
}

async function show(): Promise<void> {
  for await (const event of client.events(stop.signal)) {
    if (event.type === 'message' && event.chat === chat && event.seq !== undefined) {
      note({ kind: 'shown', client: prefix, chat, id: event.id, seq: event.seq, text: event.text })
    }
    if (event.type === 'notice') note({ kind: 'unreadable', client: prefix, chat, detail: event.notice })
  }
}

async function writeHistory(): Promise<void> {
  await client.catchUp(60_000)
  for (const { id, seq, text } of await client.history(chat, { limit: 1_000_000 })) {
    if (seq === undefined) note({ kind: 'unreadable', client: prefix, chat, detail: `${id} was never sent` })
    else note({ kind: 'final', client: prefix, chat, id, seq, text })
  }
}

/** Written by one system call before anything else happens: a kill leaves whole lines. */
function note(line: ChatterLine): void {
  writeSync(
    journal,
    `${JSON.stringify(line, (_, value) => (typeof value === 'bigint' ? Number(value) : value))}\n`,
  )
}

function linesOf(file: string): ChatterLine[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as ChatterLine)
  } catch {
    return [] // the first start
  }
}
