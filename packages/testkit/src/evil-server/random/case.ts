/** One chat as one person has it at the end of a story, and what is asked of it. */
import type { ChatSummary, ClientEvent } from '@veche/client'
import { ChatId } from '@veche/protocol'
import type { ShownLog } from '../shown-log.ts'
import { type Actor, accountOf, eventsOf, type Said, type Story } from './story.ts'

export type Shown = Extract<ClientEvent, { type: 'message' }>
type Notice = Extract<ClientEvent, { type: 'notice' }>

export interface Case {
  readonly story: Story
  readonly actor: Actor
  readonly chat: ChatSummary
  readonly messages: readonly Shown[]
  /** Positions at which the person was told of a fork. */
  readonly alarms: ReadonlySet<bigint>
  readonly notices: readonly Notice[]
  readonly log: ShownLog | undefined
}

export function caseOf(story: Story, actor: Actor, chat: ChatSummary): Case {
  const events = eventsOf(actor)
  const notices = events.filter((event) => event.type === 'notice').filter((one) => one.chat === chat.chat)
  return {
    story,
    actor,
    chat,
    messages: events.filter((event) => event.type === 'message').filter((one) => one.chat === chat.chat),
    alarms: new Set(notices.flatMap(({ notice, seq }) => (notice === 'fork' && seq ? [seq] : []))),
    notices,
    log: actor.victim.line.log(ChatId.toBytes(chat.chat)),
  }
}

/** What was written, where this is just that. */
export function saidAs({ story, chat }: Case, { id, text, from }: Shown): Said | undefined {
  const said = story.said.find((one) => one.id === id && one.chat === chat.chat)
  return said?.text === text && accountOf(said.by).account === from.account ? said : undefined
}

/** Whether lies besides those of the log may have been told of the chat. */
export function isMisled({ actor, chat, log }: Pick<Case, 'actor' | 'chat' | 'log'>): boolean {
  return actor.known !== undefined && (!log || actor.known.get(chat.chat) !== log.begin)
}

/** Whether the person was shown the real log alone, and told no lies besides. */
export function isSound(one: Pick<Case, 'actor' | 'chat' | 'log' | 'story'>): boolean {
  return one.log?.isFaithful === true && !isMisled(one) && !one.story.parted
}

/** Whether the person's device could not go on in the chat for a while: a lie of before made it so. */
export function cameInAnew({ notices }: Pick<Case, 'notices'>): boolean {
  return notices.some(({ notice }) => notice === 'healed')
}

/** The chat as the others have it. */
export function othersOf({ story, actor, chat }: Case): Case[] {
  return story.actors
    .filter((other) => other !== actor)
    .flatMap((other) => {
      const theirs = other.victim.client.chats().find((one) => one.chat === chat.chat)
      return theirs ? [caseOf(story, other, theirs)] : []
    })
}
