/**
 * A person as a program, for tests that kill it: opens a profile, writes a numbered message every few milliseconds
 * and shows what arrives. Everything it does and sees goes to a journal, one JSON line each, which the test reads
 * afterwards, however the program ended.
 *
 *     node chatter.ts PROFILE JOURNAL CHAT PREFIX COUNT|write|settle|history
 *
 * It begins at the number after the last that it tried. `write` goes on until its standard input ends, whatever the
 * server does meanwhile, and waits a moment for each message's acknowledgement; `settle` writes nothing and waits until everything is sent and received; `history` also puts
 * its whole history down.
 */
import { openSync, readFileSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { openProfile } from '@veche/client'
import type { ChatterLine } from './chatter-line.ts'

const [profile, journalFile, chatText, prefix, task] = process.argv.slice(2) as Parameters
type Parameters = [string, string, string, string, string]
/** So that what waits to be sent does not grow for ever while the server is well. */
const PATIENCE_MS = 100
/** Only what never comes is a failure. */
const CATCH_UP_MS = 10 * 60_000
const tried = linesOf(journalFile).filter((line) => line.kind === 'trying').length
const journal = openSync(journalFile, 'a')
const opened = await openProfile(profile)
if (opened.kind !== 'open') throw new Error('the profile is busy')
const { client } = opened
const chat = client.findChat(chatText)

const stop = new AbortController()
const showing = show()
if (task === 'settle') await client.catchUp(CATCH_UP_MS)
else if (task === 'history') await writeHistory()
else if (task === 'write') await write(endOfInput(), PATIENCE_MS)
else await write(afterCount(Number(task)))
stop.abort()
await showing
await client.close()

/**
 * @param isDone told how many it has written
 * @param patienceMs how long it waits for an acknowledgement before it writes on
 */
async function write(isDone: (written: number) => boolean, patienceMs = 0): Promise<void> {
  const following = client.connect(stop.signal).catch(() => {}) // ends when stopped
  for (let number = tried + 1; !isDone(number - 1 - tried); number++) {
    const text = `${prefix}-${number}`
    note({ kind: 'trying', client: prefix, chat, text })
    const { id, acknowledged } = await client.send(chat, text)
    note({ kind: 'accepted', client: prefix, chat, id })
    const told = acknowledged.then(
      ({ seq }) => note({ kind: 'acknowledged', client: prefix, chat, id, seq }),
      () => {}, // it is still in the outbox, and the history will tell
    )
    await Promise.race([told, sleep(patienceMs)])
    await sleep(Math.random() * 20)
  }
  stop.abort()
  await following
}

function afterCount(count: number): (written: number) => boolean {
  return (written) => written >= count
}

function endOfInput(): () => boolean {
  let ended = false
  process.stdin.resume().once('end', () => {
    ended = true
  })
  return () => ended
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
  await client.catchUp(CATCH_UP_MS)
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
