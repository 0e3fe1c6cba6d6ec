/**
 * What must hold however a server lied, seen from outside: what people were shown and warned of, and whom their
 * devices encrypt to. Each finding is one line; there must be none.
 */
import type { ClientEvent, PrivateChat } from '@veche/client'
import { ChatId } from '@veche/protocol'
import { groupViewOf } from '../chat-on-disk.ts'
import type { ShownLog } from '../shown-log.ts'
import { type Actor, accountOf, eventsOf, nameOf, type Said, type Story } from './story.ts'

type Shown = Extract<ClientEvent, { type: 'message' }>

export async function findingsIn(story: Story): Promise<string[]> {
  const findings = story.crashes.map((error) => `a crash: ${error instanceof Error ? error.stack : error}`)
  for (const actor of story.actors) {
    for (const chat of actor.victim.client.chats()) {
      if (chat.type !== 'private') continue
      const one: Case = { story, actor, chat, ...shownTo(actor, chat) }
      const found = [
        ...(await readers(one)),
        ...substitutions(one),
        ...phantoms(one),
        ...repetitions(one),
        ...disorder(one),
        ...forks(one),
        ...(await losses(one)),
      ]
      findings.push(...found.map((finding) => `${actor.handle} with ${chat.with.handle}: ${finding}`))
    }
  }
  return findings
}

/** A chat as one person has it. */
interface Case {
  readonly story: Story
  readonly actor: Actor
  readonly chat: PrivateChat
  readonly messages: readonly Shown[]
  /** Positions at which the person was told of a fork. */
  readonly alarms: ReadonlySet<bigint>
  readonly notices: readonly string[]
  readonly log: ShownLog | undefined
}

function shownTo(actor: Actor, { chat }: PrivateChat) {
  const events = eventsOf(actor)
  const warnings = events.filter((event) => event.type === 'notice').filter((event) => event.chat === chat)
  return {
    messages: events.filter((event) => event.type === 'message').filter((event) => event.chat === chat),
    alarms: new Set(warnings.flatMap(({ notice, seq }) => (notice === 'fork' && seq ? [seq] : []))),
    notices: warnings.map(({ notice }) => notice),
    log: actor.victim.line.log(ChatId.toBytes(chat)),
  }
}

/** A1, A2: only the two accounts, each by the devices that it has. */
async function readers({ actor, chat, story }: Case): Promise<string[]> {
  const { members, epochDigest, epoch } = await groupViewOf(actor.victim, chat.chat)
  const devices = new Map(story.actors.map((one) => [accountOf(one).account, accountOf(one).device]))
  const two = [accountOf(actor).account, chat.with.account]
  const strangers = members.filter(
    ({ accountId, deviceId }) =>
      !two.includes(accountId) || (devices.get(accountId) ?? deviceId) !== deviceId,
  )
  const findings = strangers.map(({ accountId }) => `${accountId} can read`)
  const other = story.actors.find((one) => accountOf(one).account === chat.with.account)
  if (!other?.victim.client.chats().some((one) => one.chat === chat.chat)) return findings
  const theirs = await groupViewOf(other.victim, chat.chat)
  const isParted = theirs.epoch === epoch && !Buffer.from(theirs.epochDigest).equals(epochDigest)
  return isParted ? [...findings, `two groups in epoch ${epoch}`] : findings
}

/** A2: who is met under a handle for the first time can be another; then nothing may say that they are the same. */
function substitutions({ actor, chat, story }: Case): string[] {
  const real = story.actors.find(({ handle }) => handle === chat.with.handle)
  if (!real || accountOf(real).account === chat.with.account) return []
  if (chat.state === 'changed-binding' || actor.known) return []
  return ['a quiet substitution']
}

function saidAs({ story, chat }: Case, { id, text, from }: Shown): Said | undefined {
  const said = story.said.find((one) => one.id === id && one.chat === chat.chat)
  return said?.text === text && accountOf(said.by).account === from.account ? said : undefined
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
  const entry = log?.entries[Number(seq! - log.begin) - 1]
  const seen = entry && story.seen.get(nameOf(entry.mlsMessage))
  if (!log || !seen || seen.by === actor) return undefined
  const theirs = seen.by.victim.line.log(log.chatId)
  if (!theirs) return undefined
  if (seen.position >= seq!) return true
  const from = log.begin > theirs.begin ? log.begin : theirs.begin
  if (seen.position < from) return undefined
  if (!log.isRealUpTo(from) || !theirs.isRealUpTo(from)) return true
  return log.digest(from, seen.position) !== theirs.digest(from, seen.position)
}

/** Whether lies besides those of the log may have been told of the chat. */
function isMisled({ actor, chat }: Case): boolean {
  return actor.known !== undefined && !actor.known.has(chat.chat)
}

const HARMLESS = new Set(['fork', 'server-behind', 'new-device'])

/** To whom the real log was shown, it was readable, and everything that was kept for it has arrived. */
async function losses(one: Case): Promise<string[]> {
  const { actor, chat, log, story, notices } = one
  const history = await actor.victim.client.history(chat.chat, { limit: 1000 })
  const texts = history.filter(({ state }) => state === 'sent').map(({ text }) => text)
  const shown = one.messages.map(({ text }) => text)
  // One's own stands there from its acknowledgement on, also where the log never shows it.
  const ownAlone = new Set(
    history
      .filter(({ from, text }) => from.account === accountOf(actor).account && !shown.includes(text))
      .map(({ text }) => text),
  )
  const isSame = texts.filter((text) => !ownAlone.has(text)).join('\n') === shown.join('\n')
  const findings = isSame ? [] : ['the history is not what was shown']
  if (!log?.isFaithful || isMisled(one) || chat.state !== 'open') return findings
  const bad = notices.filter((notice) => !HARMLESS.has(notice))
  const other = story.actors.find(({ handle }) => handle === chat.with.handle)
  const isOtherSound =
    other?.victim.line.log(log.chatId)?.isFaithful === true && !isMisled({ ...one, actor: other })
  const due = story.said.filter(({ chat: id, by }) => id === chat.chat && (by === actor || isOtherSound))
  const lost = due.filter(({ text }) => !texts.includes(text))
  return [
    ...findings,
    ...bad.map((notice) => `told of ${notice} where nothing was wrong`),
    ...lost.map(({ text }) => `lost: ${text}`),
  ]
}
