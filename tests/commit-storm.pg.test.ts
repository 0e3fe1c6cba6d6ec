/**
 * A7 F25: all members of a group change something at the same moment, each something of their own, over a real server
 * and PostgreSQL. One commit wins each epoch; the others wait for their turn, and nobody is told that others were faster.
 */
import { ChatId } from '@veche/protocol'
import { type AppendRequest, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import { EvilServer, groupViewOf, listen, type Victim } from '@veche/testkit/evil-server'
import { expect, test } from 'vitest'

const MEMBERS = process.env.VECHE_LONG === '1' ? 200 : 20
const RETRIES = 5

test(`A7 F25 ${MEMBERS} members commit at once: one wins each epoch, and all are done within ${RETRIES} retries`, {
  timeout: MEMBERS * MEMBERS * 1000 + 600_000,
}, async () => {
  await using server = await EvilServer.start()
  const { people, chat } = await groupOf(server)
  const before = await groupViewOf(people[0]!, chat)

  const stop = new AbortController()
  const following = people.map(({ client }) => client.connect(stop.signal))
  const sent = people.map(commitsOf)
  const begunMs = performance.now()
  await Promise.all(
    people.map(({ client, handle }) => client.groups.rename(chat, { name: `The village of ${handle}` })),
  )
  const tookMs = performance.now() - begunMs
  const tries = people.map((person, index) => commitsOf(person) - sent[index]!)
  stop.abort()
  await Promise.all(following)

  const total = tries.reduce((sum, each) => sum + each, 0)
  const inTries = `${total} commits sent, at most ${Math.max(...tries)} by one`
  process.stdout.write(`commit storm: ${MEMBERS} members, ${Math.round(tookMs)} ms, ${inTries}\n`)
  expect(Math.max(...tries)).toBeLessThanOrEqual(1 + RETRIES)

  for (const person of people) await listen(person)
  const views = await Promise.all(people.map((person) => groupViewOf(person, chat)))
  for (const view of views) {
    expect(view.epochDigest).toEqual(views[0]!.epochDigest)
    expect(view.epoch).toBe(before.epoch + BigInt(MEMBERS))
  }
  const log = people[0]!.line.log(ChatId.toBytes(chat))!
  const epochs = log.entries.filter(({ kind }) => kind === EntryKind.COMMIT).map(({ epoch }) => epoch)
  expect(new Set(epochs).size).toBe(epochs.length)
  const names = new Set(
    people.map(({ client }) => client.chats().map((one) => one.type === 'group' && one.name)[0]),
  )
  expect(names.size).toBe(1)
})

/** One owner, and everybody may rename; all have updated their paths, so that nothing else waits to be committed. */
async function groupOf(server: EvilServer): Promise<{ people: Victim[]; chat: ChatId }> {
  const people: Victim[] = []
  for (let number = 0; number < MEMBERS; number++) people.push(await server.welcome(`member-${number}`))
  const [owner, ...others] = people as [Victim, ...Victim[]]
  const { chat } = await owner.client.groups.create({ name: 'The village' })
  await owner.client.groups.setRights(chat, { rename: 'member' })
  // By a link: nobody is asked whether they agree, as each of more than 100 at a time would have to be.
  const { id, link } = await owner.client.groups.invite(chat, { uses: MEMBERS })
  for (const { client } of others) await client.join(link)
  await owner.client.groups.revokeInvite(chat, id)
  for (const person of people) await listen(person)
  for (const person of people) await listen(person)
  return { people, chat }
}

function commitsOf({ line }: Victim): number {
  return line.calls.filter(
    ({ name, request }) => name === 'Append' && (request as AppendRequest).entry.case === 'handshake',
  ).length
}
