/** People who talk, and what they all read then. */
import type { ChatId } from '@veche/protocol'
import { expect } from 'vitest'
import { catchUp, type Person, textsOf } from './people.ts'

const SOON = { timeout: 60_000 }

/** A group of all of them. */
export async function openGroup(owner: Person, ...others: Person[]): Promise<ChatId> {
  for (const { client } of others) await client.settings.setAcceptance('allowed')
  const { chat } = await owner.client.groups.create({ name: 'The village' })
  for (const { handle } of others) await owner.client.groups.add(chat, handle)
  for (let round = 0; round < 2; round++) await catchUp(owner, ...others)
  return chat
}

/** Stays connected until told to go, or until the client is closed. */
export function follow({ client }: Person): AbortController {
  const stop = new AbortController()
  client.connect(stop.signal).catch(() => {}) // a client that is closed
  return stop
}

/** Then these others take it in. */
export async function say(person: Person, chat: ChatId, text: string, ...others: Person[]): Promise<void> {
  await person.client.send(chat, text)
  await catchUp(person, ...others)
}

export async function expectTexts(
  people: readonly Person[],
  chat: ChatId,
  texts: readonly string[],
): Promise<void> {
  for (const person of people) await expect.poll(() => textsOf(person, chat), SOON).toEqual(texts)
}

/** Each writes something that everybody reads. */
export async function everybodyTalks(people: readonly Person[], chat: ChatId, before: readonly string[]) {
  const all = [...before]
  for (const [index, person] of people.entries()) {
    const text = `${person.handle} writes (${index})`
    all.push(text)
    await person.client.send(chat, text)
    await expectTexts(people, chat, all)
  }
  return all
}
