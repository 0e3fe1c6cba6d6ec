/** Registered people for tests, and the ways in which two of them come to talk. */
import { importProfileKey, MemoryFiles } from '@veche/history'
import type { ChatId } from '@veche/protocol'
import { DeviceStore, noSteps, RefusedError } from '@veche/sync'
import { type Client, openClient } from '../client.ts'
import { type Member, type MemberOptions, openMember } from '../member.ts'
import type { ClientEvent } from '../views.ts'
import type { TestLine } from './test-line.ts'
import type { TestServer } from './test-server.ts'

export const CATCH_UP_MS = 20_000

export interface Person {
  readonly handle: string
  readonly files: MemoryFiles
  readonly line: TestLine
  readonly client: Client
  /** Everything that the client told, in order. */
  readonly events: ClientEvent[]
}

/** Opens a profile; nobody is registered yet. */
export async function openPerson(
  server: TestServer,
  handle: string,
  files = new MemoryFiles(),
): Promise<Person> {
  const line = server.connect()
  const client = await openClient({
    files,
    profileKey: await importProfileKey(new Uint8Array(32).fill(1)),
    connectTo: () => line,
    server: 'memory:',
    maxUpdateDelayMs: 0,
  })
  const events: ClientEvent[] = []
  void (async () => {
    for await (const event of client.events(new AbortController().signal)) events.push(event)
  })()
  return { handle, files, line, client, events }
}

export async function registerPerson(server: TestServer, handle: string): Promise<Person> {
  const person = await openPerson(server, handle)
  await person.client.register({ handle, name: `The ${handle}`, password: passwordOf(person) })
  return person
}

/** Under a handle that is a number longer than the name, so that there is no other on the server. */
export function registerNew(server: TestServer, name: string): Promise<Person> {
  return registerPerson(server, server.newHandle(name))
}

/** What a new person was named. */
export function nameOf({ handle }: Pick<Person, 'handle'>): string {
  return handle.replace(/\d+$/, '')
}

/** Alice and Bob, who do not know each other. */
export async function registerPair(server: TestServer): Promise<[Person, Person]> {
  return [await registerNew(server, 'alice'), await registerNew(server, 'bob')]
}

export interface Trio {
  readonly alice: Person
  readonly bob: Person
  readonly carol: Person
  readonly chat: ChatId
}

/** Alice, Bob and Carol, who do not know each other, and a group that Alice alone is in. */
export async function gather(server: TestServer): Promise<Trio> {
  const [alice, bob] = await registerPair(server)
  const carol = await registerNew(server, 'carol')
  const { chat } = await alice.client.groups.create({ name: 'The village', description: 'All of us' })
  return { alice, bob, carol, chat }
}

/** Who is in the group, e.g. `alice owner`. */
export function membersOf({ client }: Person, chat: ChatId): string[] {
  return client.groups
    .members(chat)
    .map((member) => `${nameOf(member)} ${member.role}`)
    .sort()
}

export function passwordOf({ handle }: Pick<Person, 'handle'>): string {
  return `password of ${handle}`
}

/** The same account on another device, in an empty profile unless another is given. */
export async function signIn(
  server: TestServer,
  person: Pick<Person, 'handle'>,
  { replace = false, files }: { readonly replace?: boolean; readonly files?: MemoryFiles } = {},
): Promise<Person> {
  const other = await openPerson(server, person.handle, files)
  await other.client.login({ handle: person.handle, password: passwordOf(person), replace })
  return other
}

/** Whether a device can sign in with the password; it signs out again. */
export async function opens(
  server: TestServer,
  { handle }: Pick<Person, 'handle'>,
  password: string,
): Promise<boolean> {
  const { client } = await openPerson(server, handle)
  try {
    await client.login({ handle, password })
    await client.logout({ keepHistory: false })
    return true
  } catch (error) {
    if (error instanceof RefusedError && error.reason === 'login_failed') return false
    throw error
  } finally {
    await client.close()
  }
}

/** One after the other. */
export async function catchUp(...people: readonly Pick<Person, 'client'>[]): Promise<void> {
  for (const { client } of people) await client.catchUp(CATCH_UP_MS)
}

/** Until what each did has come to all, and what they answered. */
export async function settle(...people: readonly Person[]): Promise<void> {
  await catchUp(...people, ...people)
}

/** The same person, after the program was started again. */
export async function reopen(server: TestServer, { handle, files, client }: Person): Promise<Person> {
  await client.close()
  return openPerson(server, handle, files)
}

/** Bob asks, Alice allows, and both are in the chat. */
export async function openChat(alice: Person, bob: Person): Promise<ChatId> {
  await bob.client.requests.ask(alice.handle)
  const { incoming } = await alice.client.requests.list()
  const request = incoming.find(({ handle }) => handle === bob.handle)!
  const { chat } = await alice.client.requests.answer(request.id, 'allow')
  await catchUp(bob, alice)
  return chat!
}

export async function textsOf({ client }: Person, chat: ChatId): Promise<string[]> {
  return (await client.history(chat, { limit: 1000 })).map(({ text }) => text)
}

export function noticesOf({ events }: Person): string[] {
  return events.flatMap((event) => (event.type === 'notice' ? [event.notice] : []))
}

/** The engine alone, without the client around it. */
export interface TestMember extends Member {
  readonly line: TestLine
  readonly notices: string[]
}

/** @param timing what is left out is as usual */
export async function openAsMember(
  server: TestServer,
  { client, files }: Person,
  timing: Pick<MemberOptions, 'maxUpdateDelayMs' | 'random'> = { maxUpdateDelayMs: 1_000_000 },
): Promise<TestMember> {
  await client.close()
  const line = server.connect()
  const notices: string[] = []
  const profileKey = await importProfileKey(new Uint8Array(32).fill(1))
  const store = await DeviceStore.open(files, profileKey, noSteps)
  const member = await openMember(store.state.profile!, {
    files,
    profileKey,
    store,
    transport: line,
    ...timing,
    onEvent: (event) => {
      if (event.kind === 'notice') notices.push(event.notice.kind)
    },
  })
  return { ...member, line, notices }
}
