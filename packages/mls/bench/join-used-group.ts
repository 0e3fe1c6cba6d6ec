import { Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import * as mls from '../src/index.ts'
import {
  groupState,
  newParticipant,
  type Participant,
  startChat,
  withoutMember,
} from '../src/testing/chat.ts'

const sizes = process.argv.slice(2).map(Number)
const REPEATS = 5

for (const size of sizes.length > 0 ? sizes : [10, 100, 1000]) {
  const group = await usedGroup(size)
  console.log(`${size} members`, await measure(group))
}

interface UsedGroup {
  readonly owner: Participant
  readonly other: Participant
  readonly newcomers: Participant[]
}

/**
 * Every member joins by a link, so everyone has committed a path; only the first two follow along, for the
 * others only fill the tree.
 */
async function usedGroup(size: number): Promise<UsedGroup> {
  const [owner, other] = [await newParticipant(), await newParticipant()]
  const newcomers = await Promise.all(Array.from({ length: REPEATS }, () => newParticipant()))
  const invite = { seed: crypto.getRandomValues(new Uint8Array(32)) }
  const live = await mls.newInvite(invite.seed)
  const list = newcomers.map(({ account }): [typeof account, Role] => [account, Role.MEMBER])
  list.push([owner.account, Role.OWNER], [other.account, Role.MEMBER])
  await startChat(groupState(list, { invites: [live] }), owner)
  let pending = await mls.commit(owner.group, owner.device, {
    add: [(await other.newKeyPackage()).keyPackage],
  })
  owner.group = pending.next
  await other.join(pending.welcome!)
  for (const participant of [owner, other]) {
    pending = await mls.commit(participant.group, participant.device, {})
    await follow([owner, other], participant, pending)
  }
  for (let members = 2; members < size; members++) {
    const joiner = await newParticipant()
    pending = await mls.joinExternal(joiner.device, pending.groupInfo, { id: live.id, seed: invite.seed })
    await follow([owner, other], joiner, pending)
  }
  return { owner, other, newcomers }
}

async function follow(followers: Participant[], by: Participant, pending: mls.PendingCommit): Promise<void> {
  for (const follower of followers) {
    if (follower === by) follower.group = pending.next
    else await take(follower, pending.commit)
  }
}

async function take(follower: Participant, commit: Uint8Array): Promise<void> {
  const received = await mls.receive(follower.group, commit)
  if (received.kind !== 'commit') throw new Error(`not accepted: ${JSON.stringify(received)}`)
  follower.group = received.group
}

async function measure({ owner, other, newcomers }: UsedGroup): Promise<Record<string, string | number>> {
  const spent: Record<string, number[]> = {}
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const start = process.cpuUsage()
    const result = await work()
    const { user, system } = process.cpuUsage(start)
    spent[name] = [...(spent[name] ?? []), (user + system) / 1000]
    return result
  }
  const sizes: Record<string, number> = {}
  for (const newcomer of newcomers) {
    const { keyPackage } = await newcomer.newKeyPackage()
    const add = await timed('make add', () => mls.commit(owner.group, owner.device, { add: [keyPackage] }))
    owner.group = add.next
    await timed('process add', () => take(other, add.commit))
    await timed('join', () => newcomer.join(add.welcome!))
    const [leaf] = owner.leavesOf(newcomer.account.accountId)
    const state = withoutMember(owner.view.state, newcomer.account.accountId)
    const remove = await timed('make remove', () =>
      mls.commit(owner.group, owner.device, { remove: [leaf!], state }),
    )
    owner.group = remove.next
    await timed('process remove', () => take(other, remove.commit))
    const sent = await timed('encrypt', () =>
      mls.encrypt(owner.group, owner.device, new Uint8Array(170), new Uint8Array()),
    )
    owner.group = sent.group
    await timed('decrypt', () => mls.receive(other.group, sent.message))
    const saved = await timed('save', async () => mls.saveGroup(owner.group))
    await timed('load', async () => mls.loadGroup(saved))
    Object.assign(sizes, {
      savedBytes: saved.length,
      deltaBytes: sent.delta.length,
      commitBytes: remove.commit.length,
    })
  }
  const medians = Object.entries(spent).map(([name, times]) => [name, Math.round(median(times) * 10) / 10])
  return { ...Object.fromEntries(medians), ...sizes }
}

function median(list: number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 1]!
}
