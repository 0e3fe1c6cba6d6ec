/**
 * Random histories: the gate that the RFC's vectors are not. A few dozen devices of a dozen accounts do at random
 * what the policy lets them do, some of them lagging behind. After every step: those who are up to date agree on
 * everything, whoever was let in could join, and whoever was put out derives nothing.
 */
import { AccountId, DeviceId, equalBytes, utf8 } from '@veche/protocol'
import { type ChatState, Role } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { expect, test } from 'vitest'
import { contextOf } from './group.ts'
import * as mls from './index.ts'
import {
  type Account,
  changed,
  groupState,
  newAccount,
  newParticipant,
  Participant,
  startChat,
  withMember,
  withoutMember,
} from './testing/chat.ts'
import { derivesNextEpoch } from './testing/ghost.ts'
import { type Random, seededRandom, seedFromEnvironment } from './testing/random.ts'
import { judgeHandshake } from './wire.ts'

const STEPS = process.env.VECHE_LONG === '1' ? 10_000 : 500
const MAX_DEVICES = process.env.VECHE_LONG === '1' ? 40 : 14
const MAX_GHOSTS = 8

test(`A6 A7: a random history of ${STEPS} steps keeps everybody together and the removed out`, {
  timeout: STEPS * 2000,
}, async () => {
  const seed = seedFromEnvironment()
  process.stdout.write(`simulation: VECHE_SEED=${seed}\n`)
  const history = await History.begin(seededRandom(seed))
  for (let step = 0; step < STEPS; step++) {
    await history.step(step)
    if (step % 1000 === 999) process.stdout.write(`simulation: ${step + 1} steps\n`)
  }
  await history.catchUp()
  const { counts } = history
  process.stdout.write(`simulation: ${JSON.stringify(counts)}\n`)
  for (const kind of Object.keys(FREQUENCY)) expect(counts[kind] ?? 0, kind).toBeGreaterThan(0)
})

/** A device that was put out, with the group as it last had it. */
interface Ghost {
  readonly participant: Participant
}

/** A device in the chat, the log entries it has yet to process, and how its state would be rebuilt. */
interface Follower {
  readonly participant: Participant
  position: number
  saved: Uint8Array
  deltas: Uint8Array[]
}

type LogEntry =
  | { kind: 'commit'; bytes: Uint8Array; by: Participant; next: mls.Group }
  | { kind: 'message'; bytes: Uint8Array; by: Participant; text: string }

class History {
  readonly counts: Record<string, number> = {}
  readonly #random: Random
  readonly #log: LogEntry[] = []
  readonly #followers: Follower[] = []
  readonly #ghosts: Ghost[] = []
  #accounts: Account[] = []
  #invite: mls.InviteSecret | undefined
  #groupInfo: Uint8Array | undefined

  private constructor(random: Random) {
    this.#random = random
  }

  static async begin(random: Random): Promise<History> {
    const history = new History(random)
    history.#accounts = await Promise.all(Array.from({ length: 8 }, newAccount))
    const owner = await newParticipant(history.#accounts[0]!)
    await startChat(groupState([[owner.account, Role.OWNER]]), owner)
    history.#follow(owner)
    return history
  }

  async step(step: number): Promise<void> {
    const action = this.#random.pick(ACTIONS)
    const actor = this.#pickActor(action.byRank)
    await this.#advance(actor, this.#log.length)
    if (!this.#followers.includes(actor)) return // removed by what it had yet to process
    if (await action.run.call(this, actor.participant)) this.#count(action.name)
    for (const follower of this.#followers) {
      // Some lag behind, but never by more than a few entries.
      const behind = this.#log.length - follower.position
      if (behind > 6 || this.#random.below(3) > 0) await this.#advance(follower, this.#log.length)
    }
    this.#expectAgreement()
    if (step % 5 === 0) this.#reload(this.#random.pick(this.#followers))
  }

  async catchUp(): Promise<void> {
    for (const follower of this.#followers) await this.#advance(follower, this.#log.length)
    this.#expectAgreement()
  }

  async add(actor: Participant): Promise<boolean> {
    if (this.#followers.length >= MAX_DEVICES) return false
    const { state } = actor.view
    const count = 1 + this.#random.below(3)
    const newcomers = await Promise.all(
      Array.from({ length: count }, () => newParticipant(this.#random.pick(this.#accounts))),
    )
    let next = state
    for (const { account } of newcomers) {
      if (isBanned(state, account.accountId)) return false
      if (mls.roleOf(next, account.accountId) === Role.UNSPECIFIED || !isListed(next, account)) {
        next = withMember(next, account, Role.MEMBER)
      }
    }
    const packages = await Promise.all(newcomers.map((newcomer) => newcomer.newKeyPackage()))
    const pending = await this.#commit(actor, {
      add: packages.map(({ keyPackage }) => keyPackage),
      ...(next !== state && { state: next }),
    })
    if (!pending) return false
    for (const newcomer of newcomers) {
      const { addedBy } = await newcomer.join(pending.welcome!)
      expect(addedBy.deviceId).toBe(actor.deviceId)
      this.#follow(newcomer)
    }
    return true
  }

  update(actor: Participant): Promise<boolean> {
    return this.#tryCommit(actor, {})
  }

  rename(actor: Participant): Promise<boolean> {
    return this.#tryCommit(actor, {
      state: changed(actor.view.state, { profileHash: this.#random.bytes(32) }),
    })
  }

  role(actor: Participant): Promise<boolean> {
    const { account } = this.#random.pick(this.#followers).participant
    const role = this.#random.pick([Role.READER, Role.MEMBER, Role.MEMBER, Role.ADMIN, Role.OWNER])
    return this.#tryCommit(actor, { state: withMember(actor.view.state, account, role) })
  }

  async remove(actor: Participant): Promise<boolean> {
    const { accountId } = this.#pickTarget(actor)
    if (accountId === actor.account.accountId) return false
    return this.#tryCommit(actor, {
      remove: actor.leavesOf(accountId),
      state: withoutMember(actor.view.state, accountId),
    })
  }

  async ban(actor: Participant): Promise<boolean> {
    const { accountId } = this.#pickTarget(actor)
    const { state } = actor.view
    if (accountId === actor.account.accountId || isBanned(state, accountId)) return false
    const bannedAccounts =
      state.bannedAccounts.length > 2 ? [] : [...state.bannedAccounts, AccountId.toBytes(accountId)]
    return this.#tryCommit(actor, {
      remove: bannedAccounts.length > 0 ? actor.leavesOf(accountId) : [],
      state: changed(bannedAccounts.length > 0 ? withoutMember(state, accountId) : state, { bannedAccounts }),
    })
  }

  async leave(actor: Participant): Promise<boolean> {
    const leaver = this.#random.pick(this.#followers).participant
    const { accountId } = leaver.account
    // A device that was replaced, and does not know it yet, can wish nothing any more.
    const isHere = actor.view.members.some((one) =>
      equalBytes(one.signatureKey, leaver.device.signaturePublicKey),
    )
    if (accountId === actor.account.accountId || !isHere) return false
    const { groupId, epoch } = leaver.view
    return this.#tryCommit(actor, {
      remove: actor.leavesOf(accountId),
      state: withoutMember(mls.withJoiners(actor.view), accountId),
      leaveRequests: [await mls.requestLeave(leaver.device, groupId, epoch)],
    })
  }

  async revoke(actor: Participant): Promise<boolean> {
    const { account, deviceId } = this.#random.pick(this.#followers).participant
    const leaf = actor.view.members.find((member) => member.deviceId === deviceId)?.leaf
    if (leaf === undefined || deviceId === actor.deviceId) return false
    const { state } = actor.view
    return this.#tryCommit(actor, {
      remove: [leaf],
      state: changed(state, { revokedDevices: [...state.revokedDevices, DeviceId.toBytes(deviceId)] }),
      revocations: [await mls.revokeDevice(account.signAs, account.accountKey, deviceId)],
    })
  }

  async replace(actor: Participant): Promise<boolean> {
    const { account, device, deviceId } = this.#random.pick(this.#followers).participant
    const leaf = actor.view.members.find((member) => member.deviceId === deviceId)?.leaf
    if (leaf === undefined || deviceId === actor.deviceId) return false
    const restored =
      this.#random.below(2) === 0
        ? new Participant(account, device, deviceId)
        : await newParticipant(account, deviceId)
    const { keyPackage, reference } = await restored.newKeyPackage()
    const { groupId, epoch } = actor.view
    const request = await mls.requestReplacement(restored.device, groupId, epoch, reference)
    const pending = await this.#commit(actor, {
      add: [keyPackage],
      remove: [leaf],
      replaceRequests: [request],
    })
    if (!pending) return false
    await restored.join(pending.welcome!)
    this.#follow(restored)
    return true
  }

  async invite(actor: Participant): Promise<boolean> {
    const seed = this.#random.bytes(32)
    const invite = await mls.newInvite(seed)
    const pending = await this.#commit(actor, { state: changed(actor.view.state, { invites: [invite] }) })
    if (pending) this.#invite = { id: invite.id, seed }
    return pending !== undefined
  }

  async link(): Promise<boolean> {
    const { view } = this.#upToDate()
    if (!this.#invite || this.#followers.length >= MAX_DEVICES) return false
    const account = this.#random.pick(this.#accounts)
    if (isBanned(view.state, account.accountId)) return false
    const joiner = await newParticipant(account)
    const pending = await mls.joinExternal(joiner.device, this.#groupInfo!, this.#invite)
    const context = contextOf(this.#upToDate().group)
    expect(await judgeHandshake(pending.commit, context)).toEqual({ kind: 'allowed' })
    this.#accept(joiner, pending)
    joiner.group = pending.next
    this.#follow(joiner)
    return true
  }

  async message(actor: Participant): Promise<boolean> {
    const text = `${this.#log.length}`
    if (!mls.hasRight(actor.view.state, actor.account.accountId, 'write')) return false
    const sent = await mls.encrypt(actor.group, actor.device, utf8(text), utf8('aad'))
    this.#keep(this.#followerOf(actor)!, sent.group, sent.delta)
    this.#log.push({ kind: 'message', bytes: sent.message, by: actor, text })
    return true
  }

  async #tryCommit(actor: Participant, intent: mls.CommitIntent): Promise<boolean> {
    return (await this.#commit(actor, intent)) !== undefined
  }

  /** Commits what the policy allows; undefined when it does not. */
  async #commit(actor: Participant, intent: mls.CommitIntent): Promise<mls.PendingCommit | undefined> {
    let pending: mls.PendingCommit
    try {
      pending = await mls.commit(actor.group, actor.device, intent)
    } catch (error) {
      if (error instanceof mls.PolicyError && error.reason) return undefined
      throw error
    }
    expect(await judgeHandshake(pending.commit, contextOf(actor.group))).toEqual({ kind: 'allowed' })
    const restored = mls.loadPending(pending.saved)
    expect(restored.commit).toEqual(pending.commit)
    this.#accept(actor, { ...pending, next: restored.next })
    this.#renew(this.#followerOf(actor)!, restored.next)
    return pending
  }

  #accept(by: Participant, { commit, groupInfo, next }: mls.PendingCommit): void {
    this.#log.push({ kind: 'commit', bytes: commit, by, next })
    this.#groupInfo = groupInfo
    this.#count('commits')
    const isAlive = mls
      .view(next)
      .state.invites.some(({ id }) => this.#invite && equalBytes(id, this.#invite.id))
    if (!isAlive) this.#invite = undefined
  }

  #follow(participant: Participant): void {
    const saved = mls.saveGroup(participant.group)
    this.#followers.push({ participant, position: this.#log.length, saved, deltas: [] })
  }

  async #advance(follower: Follower, to: number): Promise<void> {
    while (follower.position < to && this.#followers.includes(follower)) {
      const entry = this.#log[follower.position++]!
      if (entry.by === follower.participant) continue
      if (entry.kind === 'message') await this.#deliver(follower, entry)
      else await this.#process(follower, entry)
    }
  }

  async #deliver(follower: Follower, entry: Extract<LogEntry, { kind: 'message' }>): Promise<void> {
    const received = await mls.receive(follower.participant.group, entry.bytes)
    if (received.kind !== 'application') throw new Error(`message not read: ${JSON.stringify(received)}`)
    expect(new TextDecoder().decode(received.plaintext)).toBe(entry.text)
    expect(received.sender.deviceId).toBe(entry.by.deviceId)
    this.#keep(follower, received.group, received.delta)
    for (const { participant } of this.#ghosts) {
      expect(await mls.receive(participant.group, entry.bytes)).toMatchObject({ kind: 'refused' })
    }
  }

  async #process(follower: Follower, entry: Extract<LogEntry, { kind: 'commit' }>): Promise<void> {
    const { participant } = follower
    const received = await mls.receive(participant.group, entry.bytes)
    if (received.kind === 'removed') return this.#bury(follower, entry)
    if (received.kind !== 'commit')
      throw new Error(`commit not accepted: ${received.kind} ${JSON.stringify(received)}`)
    expect(mls.view(received.group).epochDigest).toEqual(mls.view(entry.next).epochDigest)
    this.#renew(follower, received.group)
  }

  /** The device was removed by this commit: from now on it must learn nothing. */
  async #bury(follower: Follower, entry: Extract<LogEntry, { kind: 'commit' }>): Promise<void> {
    const { participant } = follower
    this.#followers.splice(this.#followers.indexOf(follower), 1)
    expect(await derivesNextEpoch(participant.group, entry.bytes, entry.next)).toBe(false)
    const [own, theirs] = [participant.group, entry.next].map((group) =>
      mls.exportSecret(group, 'test', utf8(''), 32),
    )
    expect(await own).not.toEqual(await theirs)
    for (const later of this.#log.slice(follower.position)) {
      expect(await mls.receive(participant.group, later.bytes)).toMatchObject({ kind: 'refused' })
    }
    this.#ghosts.push({ participant })
    if (this.#ghosts.length > MAX_GHOSTS) this.#ghosts.shift()
    this.#count('buried')
  }

  #keep(follower: Follower, group: mls.Group, delta: Uint8Array): void {
    follower.participant.group = group
    follower.deltas.push(delta)
  }

  #renew(follower: Follower, group: mls.Group): void {
    follower.participant.group = group
    follower.saved = mls.saveGroup(group)
    follower.deltas = []
  }

  /** A device starts again from what it saved: the same group, byte for byte. */
  #reload({ participant, saved, deltas }: Follower): void {
    const loaded = deltas.reduce(mls.applyDelta, mls.loadGroup(saved))
    expect(equalBytes(mls.saveGroup(loaded), mls.saveGroup(participant.group))).toBe(true)
    participant.group = loaded
  }

  #expectAgreement(): void {
    const current = this.#followers.filter(({ position }) => position === this.#log.length)
    const [first, ...rest] = current.map(({ participant: { view } }) => view)
    for (const other of rest) {
      expect(other.epoch).toBe(first!.epoch)
      expect(other.epochDigest).toEqual(first!.epochDigest)
      expect(other.members).toEqual(first!.members)
      expect(other.state).toEqual(first!.state)
    }
  }

  #pickActor(byRank: boolean): Follower {
    const ranked = this.#followers.filter(({ participant }) => participant.role >= Role.ADMIN)
    return this.#random.pick(byRank && ranked.length > 0 ? ranked : this.#followers)
  }

  #pickTarget({ role }: Participant): Account {
    const lower = this.#followers.filter(({ participant }) => participant.role < role)
    return this.#random.pick(lower.length > 0 ? lower : this.#followers).participant.account
  }

  #upToDate(): Participant {
    return this.#followers.find(({ position }) => position === this.#log.length)!.participant
  }

  #followerOf(participant: Participant): Follower | undefined {
    return this.#followers.find((follower) => follower.participant === participant)
  }

  #count(kind: string): void {
    this.counts[kind] = (this.counts[kind] ?? 0) + 1
  }
}

function isBanned(state: ChatState, accountId: AccountId): boolean {
  const id = AccountId.toBytes(accountId)
  return state.bannedAccounts.some((banned) => equalBytes(banned, id))
}

function isListed(state: ChatState, { accountId }: Account): boolean {
  const id = AccountId.toBytes(accountId)
  return state.members.some((member) => equalBytes(member.accountId, id))
}

type ActionName = Exclude<keyof History, 'counts' | 'step' | 'catchUp'>
type Run = (this: History, actor: Participant) => Promise<boolean>

/** Done by those who have a say, more often than not; the others do the rest. */
const BY_RANK: readonly ActionName[] = ['remove', 'ban', 'role', 'invite', 'rename']
/** More of what grows a chat than of what shrinks it. */
const FREQUENCY: Record<ActionName, number> = {
  add: 3,
  link: 3,
  update: 3,
  message: 3,
  role: 2,
  invite: 1,
  rename: 1,
  remove: 1,
  ban: 1,
  leave: 1,
  revoke: 1,
  replace: 1,
}
const ACTIONS = Object.entries(FREQUENCY).flatMap(([name, times]) =>
  Array.from({ length: times }, () => ({
    name,
    byRank: BY_RANK.includes(name as ActionName),
    run: History.prototype[name as ActionName] as Run,
  })),
)
