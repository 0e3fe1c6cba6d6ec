/** What must hold in a private chat besides what must hold in any. */
import type { PrivateChat } from '@veche/client'
import { groupViewOf } from '../chat-on-disk.ts'
import { type Case, cameInAnew, caseOf, isSound } from './case.ts'
import { accountOf } from './story.ts'

export async function privateFindings(one: Case, chat: PrivateChat): Promise<string[]> {
  return [...(await readers(one, chat)), ...substitutions(one, chat), ...misdeliveries(one, chat)]
}

/** A1, A2: only the two accounts, each by the devices that it has. */
async function readers({ actor, story }: Case, chat: PrivateChat): Promise<string[]> {
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
function substitutions({ actor, story }: Case, chat: PrivateChat): string[] {
  const real = story.actors.find(({ handle }) => handle === chat.with.handle)
  if (!real || accountOf(real).account === chat.with.account) return []
  if (chat.state === 'changed-binding' || actor.known) return []
  return ['a quiet substitution']
}

/** A1, A2: what was written to one person, or in a group, is in no chat with another. */
function misdeliveries({ story, actor }: Case, chat: PrivateChat): string[] {
  if (story.admitted.has(chat.chat)) return ['a group has become a private chat']
  return story.said
    .filter((said) => said.chat === chat.chat && said.by === actor && said.to !== chat.with.handle)
    .map(({ text }) => `went to ${chat.with.handle}: ${text}`)
}

const HARMLESS = new Set(['fork', 'server-behind', 'begun-anew', 'new-device', 'replaced-device'])

/** To whom the real log was shown, it was readable, and everything that was kept for it has arrived. */
export function privateLosses(one: Case, texts: readonly string[]): string[] {
  const { story, actor, chat, notices } = one
  if (!isSound(one) || cameInAnew(one) || chat.state !== 'open' || chat.type !== 'private') return []
  const bad = notices.filter(({ notice }) => !HARMLESS.has(notice))
  const other = story.actors.find(({ handle }) => handle === chat.with.handle)
  const theirs = other?.victim.client.chats().find((each) => each.chat === chat.chat)
  const isOtherSound = other !== undefined && theirs !== undefined && isSound(caseOf(story, other, theirs))
  const due = story.said.filter(({ chat: id, by }) => id === chat.chat && (by === actor || isOtherSound))
  const lost = due.filter(({ text }) => !texts.includes(text))
  return [
    ...bad.map(({ notice }) => `told of ${notice} where nothing was wrong`),
    ...lost.map(({ text }) => `lost: ${text}`),
  ]
}
