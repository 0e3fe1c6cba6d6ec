/** What people do with groups in a story. */
import type { ChatId } from '@veche/protocol'
import type { GroupStep, ServiceStep } from './group-steps.ts'
import { type Actor, accountOf, admit, type Story } from './story.ts'

export type GroupDeed = Exclude<
  GroupStep,
  ServiceStep | { do: 'say-in' | 'listen' | 'restart' | 'honest' | 'lie' }
>

/** @throws what a client throws */
export async function doInGroup(
  story: Story,
  actor: Actor,
  step: GroupDeed,
  { group, other }: { group: ChatId | undefined; other: Actor },
): Promise<void> {
  const { groups } = actor.victim.client
  if (step.do === 'found') return found(story, actor)
  if (!group) return
  switch (step.do) {
    case 'join':
      return join(story, actor, other, group)
    case 'bring':
      return bring(story, actor, other, group)
    case 'put-out':
      return groups.remove(group, other.handle)
    case 'ban':
      return groups.remove(group, other.handle, { ban: true })
    case 'role':
      return groups.setRole(group, other.handle, step.role)
    case 'rename':
      return groups.rename(group, { name: newName() })
    case 'race':
      return race(group, actor, other)
    case 'leave':
      return groups.leave(group)
    default:
      return step satisfies never
  }
}

/** It may come to be also where the server does not answer. */
async function found(story: Story, actor: Actor): Promise<void> {
  const { client } = actor.victim
  const before = new Set(client.chats().map(({ chat }) => chat))
  try {
    await client.groups.create({ name: newName() })
  } finally {
    for (const { chat, type } of client.chats())
      if (type === 'group' && !before.has(chat)) admit(story, chat, accountOf(actor).account)
  }
}

/** Who is met under a handle for the first time is whom the server says (A2). */
async function bring(story: Story, actor: Actor, other: Actor, group: ChatId): Promise<void> {
  admit(story, group, accountOf(other).account)
  if (!actor.met.has(other.handle)) admit(story, group, story.operator.accountId)
  await actor.victim.client.groups.add(group, other.handle)
}

async function join(story: Story, actor: Actor, other: Actor, group: ChatId): Promise<void> {
  const link = story.links.get(group) ?? (await actor.victim.client.groups.invite(group)).link
  story.links.set(group, link)
  admit(story, group, accountOf(other).account)
  await other.victim.client.groups.join(link)
}

async function race(group: ChatId, ...racers: readonly Actor[]): Promise<void> {
  const outcomes = await Promise.allSettled(
    racers.map(({ victim }) => victim.client.groups.rename(group, { name: newName() })),
  )
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

function newName(): string {
  return `Group ${crypto.randomUUID().slice(0, 8)}`
}
