/** What must hold in a group besides what must hold in any chat. */
import type { ShownMessage } from '@veche/client'
import type { GroupView } from '@veche/mls'
import { AccountId, equalBytes, MessageId } from '@veche/protocol'
import { EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { groupViewOf } from '../chat-on-disk.ts'
import { type Case, cameInAnew, isMisled, isSound, othersOf } from './case.ts'
import { accountOf, nameOf, type Said } from './story.ts'

export async function groupFindings(one: Case): Promise<string[]> {
  const view = await groupViewOf(one.actor.victim, one.chat.chat)
  return [...strangers(one, view), ...intruders(one), ...substitutions(one), ...(await partings(one, view))]
}

/** A1, A2, A3: only those whom somebody who is one of us meant to be there, each by the devices that it has. */
function strangers({ story, chat }: Case, { members, state }: GroupView): string[] {
  const devices = new Map(story.actors.map((one) => [accountOf(one).account, accountOf(one).device]))
  const meant = story.admitted.get(chat.chat) ?? new Set()
  const unmeant = state.members
    .map(({ accountId }) => AccountId.fromBytes(accountId))
    .filter((account) => !meant.has(account))
  const foreign = members.filter(
    ({ accountId, deviceId }) => !meant.has(accountId) || (devices.get(accountId) ?? deviceId) !== deviceId,
  )
  const accounts = new Set([...unmeant, ...foreign.map(({ accountId }) => accountId)])
  return [...accounts].map((account) => `${account} can read, and nobody has let them in`)
}

/** Nobody is shown what its writer did not mean for them: who was put out reads nothing later. */
function intruders(one: Case): string[] {
  const own = accountOf(one.actor).account
  return one.messages.flatMap((message) => {
    const entry = one.log?.entryAt(message.seq!)
    const sealed = entry && one.story.seen.get(nameOf(entry.mlsMessage))
    return sealed && !sealed.readers.has(own) ? [`reads what was not for them: ${message.text}`] : []
  })
}

/** A2: a handle that was known stays with its account; nobody else is shown as bound to it. */
function substitutions({ story, actor, chat }: Case): string[] {
  return actor.victim.client.groups.members(chat.chat).flatMap(({ handle, account, binding }) => {
    const real = story.actors.find((one) => one.handle === handle)
    const isOther = real && accountOf(real).account !== account
    return isOther && binding === 'bound' && actor.met.has(handle) ? [`a quiet substitution: ${handle}`] : []
  })
}

/** Those who were shown the same log have the same group, the same members and rules, and the same name of it. */
async function partings(one: Case, view: GroupView): Promise<string[]> {
  const findings: string[] = []
  for (const other of othersOf(one)) {
    if (!haveSameLog(one, other)) continue
    const theirs = await groupViewOf(other.actor.victim, one.chat.chat)
    const who = `${other.actor.handle} by the same log`
    if (!equalBytes(view.epochDigest, theirs.epochDigest)) findings.push(`another group than ${who}`)
    if (one.chat.type !== 'group' || other.chat.type !== 'group') continue
    if (isMisled(one) || isMisled(other)) continue
    if (one.chat.name !== other.chat.name) findings.push(`another name than ${who}`)
  }
  return findings
}

function haveSameLog({ chat, log, story }: Case, other: Case): boolean {
  const theirs = other.log
  if (chat.state !== 'open' || other.chat.state !== 'open' || story.parted || !log || !theirs) return false
  const from = log.begin > theirs.begin ? log.begin : theirs.begin
  if (!log.isRealUpTo(from) || !theirs.isRealUpTo(from)) return false
  if (chat.position !== other.chat.position || chat.position < from) return false
  return log.digest(from, chat.position) === theirs.digest(from, chat.position)
}

const HARMLESS = new Set([
  'fork',
  'server-behind',
  'begun-anew',
  'new-device',
  'replaced-device',
  'not-sent',
  'removed',
])
/** One who cannot read the profile commits all the same, and takes the name from all until the next commit. */
const PROFILE = 'the profile of the group'

/** To whom the real log was shown, all of it was readable; and what was written was sent, or refused aloud. */
export function groupLosses(one: Case, history: readonly ShownMessage[]): string[] {
  if (!isSound(one) || one.chat.state !== 'open' || cameInAnew(one)) return []
  const bad = one.notices.filter(({ notice, detail }) => !HARMLESS.has(notice) && detail !== PROFILE)
  const states = new Map(history.map(({ id, state }) => [id as string, state]))
  const own = one.story.said.filter(({ by, chat }) => by === one.actor && chat === one.chat.chat)
  const unsent = own.filter(({ id }) => !['sent', 'not-sent'].includes(states.get(id) ?? ''))
  const lost = dueIn(one).filter(({ id }) => !states.has(id))
  return [
    ...bad.map(({ notice, detail }) => `told of ${notice} (${detail}) where nothing was wrong`),
    ...[...unsent, ...lost].map(({ text }) => `lost: ${text}`),
  ]
}

/** The messages of others in the log that was shown. */
function dueIn({ story, log, actor }: Case): Said[] {
  const ids = new Set<string>(
    log!.entries
      .filter(({ kind }) => kind === EntryKind.APPLICATION)
      .map(({ messageId }) => MessageId.fromBytes(messageId)),
  )
  return story.said.filter(({ by, id }) => by !== actor && ids.has(id))
}
