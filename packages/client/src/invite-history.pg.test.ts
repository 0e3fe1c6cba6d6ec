/** Invite links with history (M13, M15): who joins by one reads what was written before. */
import type { Message } from '@bufbuild/protobuf'
import type { ChatId } from '@veche/protocol'
import type { ListInviteHistoryResponse } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Mortal } from './testing/mortal.ts'
import {
  CATCH_UP_MS,
  catchUp,
  gather,
  nameOf,
  noticesOf,
  type Person,
  registerNew,
  settle,
  signIn,
  textsOf,
} from './testing/people.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

let server: TestServer
let alice: Person
let bob: Person
let carol: Person
let chat: ChatId

beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server[Symbol.asyncDispose]())
beforeEach(async () => {
  ;({ alice, bob, carol, chat } = await gather(server))
})

const STORY = ['alice: one', 'bob: two', 'alice: three', 'bob: four']

const newPerson = (name: string) => registerNew(server, name)
const invite = ({ client }: Person, history: boolean) => client.groups.invite(chat, { history })

async function say(person: Person, text: string): Promise<void> {
  await person.client.send(chat, `${nameOf(person)}: ${text}`)
  await catchUp(person)
}

/** Alice and Bob talk, in several epochs; Bob came by a link that opens nothing. */
async function talk(): Promise<void> {
  await bob.client.join((await invite(alice, false)).link)
  await settle(alice, bob)
  await say(alice, 'one')
  await alice.client.groups.rename(chat, { name: 'The town' })
  await settle(bob)
  await say(bob, 'two')
  await alice.client.groups.setRole(chat, bob.handle, 'admin')
  await say(alice, 'three')
  await settle(bob, alice)
  await say(bob, 'four')
  await settle(alice)
}

/** All that the person can read, the archive included. */
async function readAll(person: Person): Promise<string[]> {
  await settle(person)
  await person.client.archive.fetch(chat, { limit: 1000 })
  return textsOf(person, chat)
}

const summaryOf = ({ client }: Person) => client.chats().find((one) => one.chat === chat)!
const gapsOf = (person: Person) =>
  (summaryOf(person).archive?.gaps ?? []).map(({ count: messages, reason }) => `${messages} ${reason}`)

describe('M13, M15 links with history', () => {
  test('M13, M15 who comes by one reads from the beginning; by another, what follows', async () => {
    await talk()
    const [dave, all, later] = [
      await newPerson('dave'),
      await invite(alice, true),
      await invite(alice, false),
    ]
    await carol.client.join(all.link)
    await dave.client.join(later.link)
    await say(alice, 'five')
    expect(await readAll(carol)).toEqual([...STORY, 'alice: five'])
    expect(await readAll(dave)).toEqual(['alice: five'])
    expect(summaryOf(carol)).toMatchObject({ archive: { done: true, gaps: [] }, name: 'The town' })
    expect(summaryOf(dave).archive).toBeUndefined()
    const shown = await carol.client.history(chat, { limit: 10 })
    expect(shown.map(({ from }) => nameOf(from))).toEqual(['alice', 'bob', 'alice', 'bob', 'alice'])
    const invites = await alice.client.groups.invites(chat)
    expect(new Map(invites.map(({ id, history }) => [id, history]))).toEqual(
      new Map([...invites.map(({ id }) => [id, false] as const), [all.id, true]]),
    )
    for (const person of [alice, bob, carol, dave]) expect(noticesOf(person)).toEqual([])
    expect(carol.client.archive.needsPassword).toBe(false)
  })

  test('M13, M15 what is older than the newest page counts as shown, and unread is what follows', async () => {
    await talk()
    await carol.client.join((await invite(alice, true)).link)
    await say(alice, 'five')
    await settle(carol)
    expect(summaryOf(carol)).toMatchObject({ unread: 1, archive: { done: true } })
  })

  test('M15 a member without the old keys commits in between, and nothing is lost', async () => {
    await talk()
    const { link } = await invite(alice, true)
    await settle(bob)
    const dave = await newPerson('dave')
    await dave.client.join((await invite(bob, false)).link) // a commit of Bob's, and one of Dave's
    await settle(alice, bob, dave)
    await say(dave, 'hello')
    await bob.client.groups.setRole(chat, dave.handle, 'admin')
    await settle(dave)
    await dave.client.groups.setRole(chat, dave.handle, 'member')
    await settle(alice, bob, dave)
    await say(alice, 'five')
    await carol.client.join(link)
    expect(await readAll(carol)).toEqual([...STORY, 'dave: hello', 'alice: five'])
    expect(gapsOf(carol)).toEqual([])
  })

  test('M13 nothing is left of a link that was taken back, and who came by it keeps what it gave', async () => {
    await talk()
    const { link, id } = await invite(alice, true)
    await carol.client.join(link)
    await settle(carol)
    await settle(alice)
    await alice.client.groups.revokeInvite(chat, id)
    const dave = await newPerson('dave')
    await expect(dave.client.join(link)).rejects.toThrow('invite_unknown')
    expect(dave.client.chats()).toEqual([])
    expect(await readAll(carol)).toEqual(STORY)
  })

  test('M15 other devices of who came by one read as far, by the account’s backup', async () => {
    await talk()
    await carol.client.join((await invite(alice, true)).link)
    await settle(carol, alice)
    const phone = await signIn(server, carol)
    while (phone.client.chats().length === 0)
      for (const person of [alice, carol, phone]) await catchUp(person)
    expect(await readAll(phone)).toEqual(STORY)
    expect(gapsOf(phone)).toEqual([])
    expect(noticesOf(phone)).toEqual([])
  })

  test('M15 whose keys the maker has not stay shut, and the place says so; who has all gives all', async () => {
    await talk()
    await settle(bob)
    const [dave, erin] = [await newPerson('dave'), await newPerson('erin')]
    await say(alice, 'five')
    await carol.client.join((await invite(alice, true)).link)
    await dave.client.join((await invite(alice, false)).link)
    await settle(alice, carol, dave)
    for (const person of [carol, dave]) await alice.client.groups.setRole(chat, person.handle, 'admin')
    await settle(carol, dave)
    await say(alice, 'six')
    await settle(dave, carol)
    const frank = await newPerson('frank')
    await frank.client.join((await invite(dave, true)).link)
    expect(await readAll(frank)).toEqual(['alice: six'])
    expect(gapsOf(frank)).toEqual(['5 not-given'])
    expect(frank.client.archive.needsPassword).toBe(false)
    await settle(carol)
    await erin.client.join((await invite(carol, true)).link)
    expect(await readAll(erin)).toEqual([...STORY, 'alice: five', 'alice: six'])
    expect(gapsOf(erin)).toEqual([])
  })

  test('M15 messages of who has left are read and proven, under the beginning of their account', async () => {
    await talk()
    await alice.client.groups.remove(chat, bob.handle)
    await settle(alice, bob)
    await carol.client.join((await invite(alice, true)).link)
    expect(await readAll(carol)).toEqual(STORY)
    expect(gapsOf(carol)).toEqual([])
    const [, second] = await carol.client.history(chat, { limit: 10 })
    expect(second!.from.account).toBe(bob.client.account.kind === 'ready' ? bob.client.account.account : '')
  })

  test('M13, M15 who was put out and comes again by one reads what was written meanwhile, once', async () => {
    await talk()
    await alice.client.groups.remove(chat, bob.handle)
    await say(alice, 'without bob')
    await settle(bob)
    await bob.client.join((await invite(alice, true)).link)
    await say(alice, 'again')
    expect(await readAll(bob)).toEqual([...STORY, 'alice: without bob', 'alice: again'])
    expect(noticesOf(bob)).toEqual([])
  })

  test('M22 what the server does not keep nobody is given', async () => {
    await talk()
    await alice.client.keeping.set(chat, { server: false })
    await settle(alice, bob)
    const { link } = await invite(alice, true)
    await settle(alice, bob)
    const readByNext = async () => {
      const person = await newPerson('next')
      await person.client.join(link)
      const read = await readAll(person)
      return [...read, ...gapsOf(person)].filter((line) => !line.endsWith('removed'))
    }
    // The server removes what every device has, a little later.
    await expect.poll(readByNext, { timeout: 60_000 }).toEqual([])
  })

  test('F16 a program that dies anywhere while it joins with history, joins and reads', async () => {
    await talk()
    const { link } = await invite(alice, true)
    for (let after = 1; after <= 18; after++) {
      const handle = server.newHandle('eve')
      const mortal = new Mortal(server, handle)
      await (await mortal.client()).register({ handle, name: 'Eve', password: `password of ${handle}` })
      await mortal.survive({ kind: 'step', after }, (alive) => alive.join(link))
      expect(mortal.deaths).toBe(1)
      const client = await mortal.client()
      await client.catchUp(CATCH_UP_MS)
      await client.archive.fetch(chat, { limit: 1000 })
      const texts = (await client.history(chat, { limit: 100 })).map(({ text }) => text)
      expect([after, texts]).toEqual([after, STORY])
      expect(mortal.notices).toEqual([])
      await mortal.close()
    }
  })
})

describe('A5, A9 a server that lies about the pages', () => {
  type Lie = (answer: ListInviteHistoryResponse) => void

  function lyingWith(lie: Lie) {
    return (answer: Message) => {
      if (answer.$typeName === 'veche.chats.v1.ListInviteHistoryResponse')
        lie(answer as ListInviteHistoryResponse)
    }
  }

  test('A5 pages that are altered, swapped, of another link or left out are gaps, and mislead nobody', async () => {
    await talk()
    const { link } = await invite(alice, true)
    const other: ListInviteHistoryResponse[] = []
    const spy = await newPerson('spy')
    spy.line.tamper = lyingWith((answer) => void other.push(answer))
    await spy.client.join((await invite(alice, true)).link)
    await settle(alice)
    const lies: Record<string, Lie> = {
      altered: ({ pages }) => {
        pages[0]!.sealed[40]! ^= 1
      },
      'of another link': (answer) => {
        answer.pages = other[0]!.pages
      },
      'of no length': ({ pages }) => {
        pages[0]!.sealed = new Uint8Array()
      },
      'left out': ({ pages }) => {
        pages.shift()
      },
      'all left out': (answer) => {
        answer.pages = []
      },
      'without end': (answer) => {
        answer.more = true
      },
      'in another order': ({ pages }) => {
        pages.reverse()
      },
      'of one number': ({ pages }) => {
        for (const page of pages) page.number = 1n
      },
    }
    for (const [what, lie] of Object.entries(lies)) {
      const victim = await newPerson('victim')
      victim.line.tamper = lyingWith(lie)
      await victim.client.join(link)
      const read = await readAll(victim)
      expect([what, STORY.filter((text) => read.includes(text))]).toEqual([what, read])
      const missing = STORY.length - read.length
      const told = gapsOf(victim).reduce((sum, gap) => sum + Number.parseInt(gap, 10), 0)
      expect([what, told]).toEqual([what, missing])
      expect([what, noticesOf(victim)]).toEqual([what, []])
      expect([what, victim.line.calls.filter((name) => name === 'ListInviteHistory').length < 60]).toEqual([
        what,
        true,
      ])
      await settle(alice)
      await say(alice, what)
      expect((await readAll(victim)).at(-1)).toBe(`alice: ${what}`)
      STORY.push(`alice: ${what}`)
    }
    STORY.length = 4
  })
})
