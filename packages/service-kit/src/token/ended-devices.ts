/**
 * Devices that were taken off their accounts while tokens of theirs still live: those are refused, and their streams end.
 * accounts tells of each by the bus; what the bus loses is asked for, at the start and each half minute.
 */
import { AccountId, concatBytes, DeviceId } from '@veche/protocol'
import type { Bus, Subscription } from '../bus/bus.ts'
import type { Principal } from './principal.ts'

export type EndedDevice = Pick<Principal, 'accountId' | 'deviceId'>

export const ENDED_DEVICE_TOPIC = 'accounts.device-ended'
const REFRESH_MS = 30_000
const ACCOUNT_ID_BYTES = 32
const PAYLOAD_BYTES = 48

export interface EndedDevicesOptions {
  /** ListEndedDevices of accounts. */
  readonly fetch: () => Promise<readonly EndedDevice[]>
  readonly bus: Bus
}

export class EndedDevices implements AsyncDisposable {
  readonly #options: EndedDevicesOptions
  readonly #watchers = new Map<string, Set<() => void>>()
  #ended: ReadonlySet<string> = new Set()
  #subscription: Subscription | undefined
  #timer: NodeJS.Timeout | undefined
  #refreshing = Promise.resolve()

  constructor(options: EndedDevicesOptions) {
    this.#options = options
  }

  /** Resolves when it knows all that ended before. */
  async start(): Promise<void> {
    this.#subscription = await this.#options.bus.subscribe(ENDED_DEVICE_TOPIC, (payload) => {
      if (payload.length === PAYLOAD_BYTES) this.#take([decode(payload)])
    })
    this.#take(await this.#options.fetch())
    this.#timer = setInterval(() => this.#refresh(), REFRESH_MS)
    this.#timer.unref()
  }

  has(device: EndedDevice): boolean {
    return this.#ended.size > 0 && this.#ended.has(nameOf(device))
  }

  /** Calls `onEnd` once if the device ends. @returns what stops the watch */
  watch(device: EndedDevice, onEnd: () => void): () => void {
    const name = nameOf(device)
    const watchers = this.#watchers.get(name) ?? new Set()
    this.#watchers.set(name, watchers.add(onEnd))
    if (this.has(device)) onEnd()
    return () => {
      watchers.delete(onEnd)
      if (watchers.size === 0 && this.#watchers.get(name) === watchers) this.#watchers.delete(name)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer)
    this.#subscription?.[Symbol.dispose]()
    await this.#refreshing
  }

  /** accounts may be away for a moment: what it has to tell is told the next time. */
  #refresh(): void {
    this.#refreshing = this.#refreshing
      .then(() => this.#options.fetch())
      .then(
        (devices) => this.#take(devices),
        () => {},
      )
  }

  /** What ended is never taken back; a device has at most one entry, and ids do not return. */
  #take(devices: readonly EndedDevice[]): void {
    const fresh = devices.map(nameOf).filter((name) => !this.#ended.has(name))
    if (fresh.length === 0) return
    this.#ended = new Set([...this.#ended, ...fresh])
    for (const name of fresh) for (const onEnd of [...(this.#watchers.get(name) ?? [])]) onEnd()
  }
}

/** As it goes over the bus: account id (32) || device id (16). */
export function encodeEndedDevice({ accountId, deviceId }: EndedDevice): Uint8Array {
  return concatBytes(AccountId.toBytes(accountId), DeviceId.toBytes(deviceId))
}

function decode(payload: Uint8Array): EndedDevice {
  return {
    accountId: AccountId.fromBytes(payload.subarray(0, ACCOUNT_ID_BYTES)),
    deviceId: DeviceId.fromBytes(payload.subarray(ACCOUNT_ID_BYTES)),
  }
}

function nameOf({ accountId, deviceId }: EndedDevice): string {
  return `${accountId} ${deviceId}`
}
