/** An account that is there: its profile, its server, and the engine that follows its chats. */
import type { Transport } from '@connectrpc/connect'
import type { Files, ProfileKey } from '@veche/history'
import type { Device } from '@veche/mls'
import { AccountId, DeviceId } from '@veche/protocol'
import type { Profile } from '@veche/protocol/gen/local/v1/device_pb.js'
import {
  Delivery,
  type DeviceStore,
  noSteps,
  type OnStep,
  openServer,
  type Server,
  type SyncEvent,
} from '@veche/sync'
import type { Person } from './person.ts'

export interface Member {
  readonly profile: Profile
  readonly own: Person
  readonly server: Server
  readonly delivery: Delivery
  readonly store: DeviceStore
  /** Milliseconds since 1970. */
  readonly nowMs: () => number
}

export interface MemberOptions {
  readonly files: Files
  readonly profileKey: ProfileKey
  readonly store: DeviceStore
  readonly transport: Transport
  readonly onEvent: (event: SyncEvent) => void
  /** Milliseconds since 1970; the system's by default. */
  readonly nowMs?: () => number
  /** From 0 to 1, for waiting; `Math.random` by default. */
  readonly random?: () => number
  /** The most to wait before updating this device's path in a chat it was added to; 30 s by default. */
  readonly maxUpdateDelayMs?: number
  /** For tests: called at every point at which a program may die. */
  readonly onStep?: OnStep
}

const UPDATE_DELAY_MS = 30_000

/** Opens the account's chats. */
export async function openMember(profile: Profile, options: MemberOptions): Promise<Member> {
  const { certificate, signaturePrivateKey, signaturePublicKey, serverIdentityKey } = profile
  const identity = {
    accountId: AccountId.fromBytes(profile.accountId),
    deviceId: DeviceId.fromBytes(profile.deviceId),
  }
  const device: Device = { certificate, signaturePrivateKey, signaturePublicKey }
  const server = openServer(options.transport, { ...identity, serverIdentityKey, signaturePrivateKey })
  const delivery = await Delivery.open({
    nowMs: Date.now,
    random: Math.random,
    onStep: noSteps,
    maxUpdateDelayMs: UPDATE_DELAY_MS,
    ...options,
    device,
    identity,
    server,
    backupKey: profile.backupKey,
  })
  const own = { account: identity.accountId, handle: profile.handle, name: profile.displayName }
  return { profile, own, server, delivery, store: options.store, nowMs: options.nowMs ?? Date.now }
}
