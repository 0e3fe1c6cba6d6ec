/**
 * Brings the devices of a chat to those of its accounts, takes out of a group who wishes to leave it, and puts devices that
 * ask for it in the place of themselves (A10, A19), by as many commits as it takes: usually one. Any device in the chat may do it; where several do at once, one commit wins and the
 * others find nothing left to change.
 */
import { type DeviceIdentity, type GroupView, PolicyError, view } from '@veche/mls'
import { ChatId, DeviceId } from '@veche/protocol'
import type { Chat } from './chat.ts'
import { checkPackages } from './claimed-packages.ts'
import { type Departure, planDepartures, without } from './departures.ts'
import { type Arrival, type DeviceChange, planChange } from './device-change.ts'
import type { DeviceStore } from './device-store.ts'
import { RefusedError } from './errors.ts'
import { learnPeople } from './group-people.ts'
import { leavesOf, withoutAccounts } from './group-wishes.ts'
import { handKeys } from './handed-keys.ts'
import { Standing } from './local-chat.ts'
import { type PlannedReplacement, planReplacements, staying } from './replacements.ts'
import { rulesOf } from './rules.ts'
import type { Server } from './server.ts'
import { type Line, transmit } from './transmitter.ts'

export interface Follower extends Omit<Line, 'server'> {
  readonly server: Server
  readonly store: DeviceStore
  readonly identity: Pick<DeviceIdentity, 'accountId'>
  readonly nowMs: () => number
}

const MAX_ATTEMPTS = 5

/**
 * @returns `later` where this device cannot write now, or others were always faster
 * @throws UnreachableError; RefusedError as the server says, `no_key_package`, `key_package_invalid`
 */
export async function followDevices(follower: Follower, chat: Chat): Promise<'done' | 'later'> {
  const line = { ...follower, server: follower.server.chats }
  const hopeless = new Set<number>()
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { standing, chatId, group } = chat.state
    if (standing === Standing.REMOVED) return 'done'
    if (standing !== Standing.OPEN) return 'later'
    const answer = await line.server.listChatDevices({ chatId: ChatId.toBytes(chatId) })
    await learnPeople(follower, chat, answer.accounts)
    const present = view(group)
    const departures = await planDepartures(group, answer.leaveRequests, follower.identity.accountId)
    const change = without(await planChange(present, answer.accounts), group, departures)
    const gone = departures.flatMap(({ accountId }) => leavesOf(present.members, accountId))
    const wishes = await planReplacements(group, answer.replacements, follower.nowMs())
    const replacements = staying(wishes, change, gone).filter(({ leaf }) => !hopeless.has(leaf))
    const isMore = change.removes.length + departures.length + replacements.length > 0
    if (change.adds.length === 0 && !isMore) return 'done'
    const claimed = await claim(follower, change.adds)
    if (claimed.packages.length === 0 && !isMore) throw claimed.refusal!
    const rules = { ...present, state: rulesOf(group) }
    try {
      await commitChange(chat, rules, { ...change, departures, replacements }, claimed.packages)
    } catch (error) {
      if (!(error instanceof RefusedError) || replacements.length === 0) throw error
      // One device's wish that does not fit stands in nobody else's way.
      for (const { leaf } of replacements.length === 1 ? replacements : replacements.slice(attempt + 1))
        hopeless.add(leaf)
      continue
    }
    await transmit(line, chat)
  }
  return 'later'
}

interface Claimed {
  readonly packages: readonly Uint8Array[]
  /** Why there are no more. */
  readonly refusal?: RefusedError
}

/** What can be had: a device without a key package does not keep a revoked one in. */
async function claim({ server, nowMs }: Follower, adds: readonly Arrival[]): Promise<Claimed> {
  const packages: Uint8Array[] = []
  let refusal: RefusedError | undefined
  for (const { accountId, devices, grant } of adds) {
    try {
      const { keyPackages } = await server.accounts.claimKeyPackages({ grant })
      const checked = await checkPackages(keyPackages, accountId, nowMs())
      packages.push(
        ...checked.filter(({ deviceId }) => devices.has(deviceId)).map(({ keyPackage }) => keyPackage),
      )
    } catch (error) {
      if (!(error instanceof RefusedError)) throw error
      refusal = error
    }
  }
  return { packages, refusal: refusal ?? new RefusedError('no_key_package') }
}

async function commitChange(
  chat: Chat,
  { epoch, state, members }: GroupView,
  {
    removes,
    departures,
    replacements,
  }: DeviceChange & {
    readonly departures: readonly Departure[]
    readonly replacements: readonly PlannedReplacement[]
  },
  add: readonly Uint8Array[],
): Promise<void> {
  const revoked = removes.map(({ deviceId }) => DeviceId.toBytes(deviceId))
  const leaving = departures.map(({ accountId }) => accountId)
  const next = withoutAccounts(state, leaving)
  try {
    await chat.commit(epoch, {
      add: [...add, ...replacements.map(({ keyPackage }) => keyPackage)],
      remove: [
        ...removes.map(({ leaf }) => leaf),
        ...leaving.flatMap((account) => leavesOf(members, account)),
        ...replacements.map(({ leaf }) => leaf),
      ],
      revocations: removes.map(({ revocation }) => revocation),
      handover: await handKeys(chat.state, replacements),
      replaceRequests: replacements.map(({ replaceRequest }) => replaceRequest),
      leaveRequests: departures.map(({ leaveRequest }) => leaveRequest),
      ...(removes.length + departures.length > 0 && {
        state: { ...next, revokedDevices: [...state.revokedDevices, ...revoked] },
      }),
    })
  } catch (cause) {
    if (cause instanceof PolicyError) throw new RefusedError('not_allowed', { cause })
    throw cause
  }
}
