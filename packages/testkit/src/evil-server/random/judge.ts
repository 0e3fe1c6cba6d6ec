/**
 * What must hold however a server lied, seen from outside: what people were shown and warned of, and whom their
 * devices encrypt to. Each finding is one line; there must be none.
 */
import type { ShownLog } from '../shown-log.ts'
import { type Case, cameInAnew, caseOf, isMisled, type Shown, saidAs } from './case.ts'
import { groupFindings, groupLosses } from './judge-group.ts'
import { privateFindings, privateLosses } from './judge-private.ts'
import { type Actor, accountOf, nameOf, type Story } from './story.ts'

export async function findingsIn(story: Story): Promise<string[]> {
  const findings = story.crashes.map((error) => `a crash: ${error instanceof Error ? error.stack : error}`)
  for (const actor of story.actors) {
    for (const chat of actor.victim.client.chats()) {
      const one = caseOf(story, actor, chat)
      const found = [
        ...(chat.type === 'private' ? await privateFindings(one, chat) : await groupFindings(one)),
        ...phantoms(one),
        ...repetitions(one),
        ...disorder(one),
        ...forks(one),
        ...(await losses(one)),
      ]
      const name = chat.type === 'private' ? chat.with.handle : `group ${chat.chat.slice(0, 6)}`
      findings.push(...found.map((finding) => `${actor.handle} with ${name}: ${finding}`))
    }
  }
  return findings
}

function phantoms(one: Case): string[] {
  return one.messages.filter((message) => !saidAs(one, message)).map(({ text }) => `nobody wrote ${text}`)
}

function repetitions({ messages }: Case): string[] {
  const texts = messages.map(({ text }) => text)
  return texts.filter((text, index) => texts.indexOf(text) < index).map((text) => `twice: ${text}`)
}

function disorder(one: Case): string[] {
  return lateIn(one)
    .filter(({ seq }) => !one.alarms.has(seq!))
    .map(({ text }) => `out of order without an alarm: ${text}`)
}

/** Messages that were shown after one that their writer had said later. */
function lateIn(one: Case): Shown[] {
  const latest = new Map<Actor, number>()
  return one.messages.filter((message) => {
    const said = saidAs(one, message)
    if (!said) return false
    const number = one.story.said.indexOf(said)
    const isLate = number < (latest.get(said.by) ?? -1)
    latest.set(said.by, Math.max(number, latest.get(said.by) ?? -1))
    return isLate
  })
}

/** A9: a message whose writer had seen another log raises the alarm; any other does not. */
function forks(one: Case): string[] {
  const late = new Set(lateIn(one))
  return one.messages.flatMap((message) => {
    const crosses = isCrossing(one, message)
    if (crosses === undefined) return []
    const isAlarmed = one.alarms.has(message.seq!)
    if (crosses && !isAlarmed) return [`a fork unnoticed at ${message.seq}: ${message.text}`]
    const isFalse = isAlarmed && !crosses && !late.has(message) && !isMisled(one)
    return isFalse ? [`a false alarm at ${message.seq}: ${message.text}`] : []
  })
}

/** Undefined for one's own, and where the writer's log is not known. */
function isCrossing({ story, actor, log }: Case, { seq }: Shown): boolean | undefined {
  const entry = log?.entryAt(seq!)
  const seen = entry && story.seen.get(nameOf(entry.mlsMessage))
  if (!log || !seen || seen.by === actor) return undefined
  const { log: theirs } = seen
  if (!theirs) return undefined
  if (seen.position >= seq!) return true
  const from = log.begin > theirs.begin ? log.begin : theirs.begin
  if (seen.position < from) return undefined
  if (!isSameUpTo(from, log, theirs)) return true
  return log.digest(from, seen.position) !== theirs.digest(from, seen.position)
}

/** Where one of the two logs begins is what both were told of; only what was shown after it can differ. */
function isSameUpTo(from: bigint, one: ShownLog, other: ShownLog): boolean {
  return one.isRealUpTo(from) && other.isRealUpTo(from)
}

/** Nothing that was shown goes away; and to whom the real log was shown, all of it was readable. */
async function losses(one: Case): Promise<string[]> {
  const { actor, chat } = one
  const history = await actor.victim.client.history(chat.chat, { limit: 1000 })
  const texts = history
    .filter(({ state }) => state !== 'waiting' && state !== 'not-sent')
    .map(({ text }) => text)
  const shown = one.messages.map(({ text }) => text)
  // One's own stands there from its acknowledgement on, also where the log never shows it.
  const ownAlone = new Set(
    history
      .filter(({ from, text }) => from.account === accountOf(actor).account && !shown.includes(text))
      .map(({ text }) => text),
  )
  // To who came in anew the archive gives what is older, without a word of each message.
  const isTold = (text: string) => (cameInAnew(one) ? shown.includes(text) : !ownAlone.has(text))
  const isSame = texts.filter(isTold).join('\n') === shown.join('\n')
  const findings = isSame ? [] : ['the history is not what was shown']
  return [...findings, ...(chat.type === 'private' ? privateLosses(one, texts) : groupLosses(one, history))]
}
