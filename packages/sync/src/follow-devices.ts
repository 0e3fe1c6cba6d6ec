/**
 * Brings the devices of a chat to those of its accounts, by as many commits as it takes: usually one. Any device in the
 * chat may do it; where several do at once, one commit wins and the others find nothing left to change.
 */
import { PolicyError, view } from '@veche/mls'
import { ChatId, DeviceId } from '@veche/protocol'
import type { Chat } from './chat.ts'
import { checkPackages } from './claimed-packages.ts'
import { type Arrival, type DeviceChange, planChange } from './device-change.ts'
import { RefusedError } from './errors.ts'
import { Standing } from './local-chat.ts'
import type { Server } from './server.ts'
import { type Line, transmit } from './transmitter.ts'

export interface Follower extends Omit<Line, 'server'> {
  readonly server: Server
  readonly nowMs: () => number
}

const MAX_ATTEMPTS = 5

/**
 * @returns `later` where this device cannot write now, or others were always faster
 * @throws UnreachableError; RefusedError as the server says, `no_key_package`, `key_package_invalid`
 */
export async function followDevices(follower: Follower, chat: Chat): Promise<'done' | 'later'> {
  const line = { ...follower, server: follower.server.chats }
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const { standing, chatId, group } = chat.state
    if (standing === Standing.CREATING || standing === Standing.CHANGED_BINDING) return 'later'
    if (standing !== Standing.OPEN) return 'done'
    const { accounts } = await line.server.listChatDevices({ chatId: ChatId.toBytes(chatId) })
    const present = view(group)
    const change = await planChange(present, accounts)
    if (change.adds.length === 0 && change.removes.length === 0) return 'done'
    const claimed = await claim(follower, change.adds)
    if (claimed.packages.length === 0 && change.removes.length === 0) throw claimed.refusal!
    await commitChange(chat, present, change, claimed.packages)
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
  { epoch, state }: ReturnType<typeof view>,
  { removes }: DeviceChange,
  add: readonly Uint8Array[],
): Promise<void> {
  const revoked = removes.map(({ deviceId }) => DeviceId.toBytes(deviceId))
  const revokedDevices = [...state.revokedDevices, ...revoked]
  try {
    await chat.commit(epoch, {
      add,
      remove: removes.map(({ leaf }) => leaf),
      revocations: removes.map(({ revocation }) => revocation),
      ...(removes.length > 0 && { state: { ...state, revokedDevices } }),
    })
  } catch (cause) {
    if (cause instanceof PolicyError) throw new RefusedError('not_allowed', { cause })
    throw cause
  }
}
