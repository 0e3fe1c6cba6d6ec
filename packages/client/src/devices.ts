/** The devices of the own account: which there are, what this one calls them, and ending one. */
import { DeviceId, equalBytes } from '@veche/protocol'
import type { Device } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { OwnDeviceState } from '@veche/protocol/gen/local/v1/device_pb.js'
import { type DeviceNews, type LocalDevice, markTold, nameDevice, untoldNews } from '@veche/sync'
import { UsageError } from './errors.ts'
import { type LinkOutcome, type LinkRequest, letIn } from './linking.ts'
import { revoke } from './login.ts'
import type { Member } from './member.ts'
import { askOwnServer, proveOwnPassword } from './prove-own.ts'
import { type DeviceView, toDeviceView } from './views.ts'

/** As many as one call takes. */
const MAX_REVOCATIONS = 64
const MAX_NAME_CHARACTERS = 40

export class Devices {
  readonly #member: () => Member

  /** @param member throws while there is no account */
  constructor(member: () => Member) {
    this.#member = member
  }

  /** This one first; also those that the server has ended because they were silent. @throws UnreachableError, RefusedError */
  async list(): Promise<DeviceView[]> {
    const { delivery, profile, store } = this.#member()
    const { devices, silent } = await delivery.seeOwnDevices()
    const known = store.state.ownDevices ?? []
    const knownAs = ({ deviceId: id }: Device) => known.find(({ deviceId }) => equalBytes(deviceId, id))
    const ended = silent.filter((device) => knownAs(device)?.state === OwnDeviceState.SILENT)
    const views = [...devices, ...ended].flatMap((device) => {
      const found = knownAs(device)
      return found ? [toDeviceView(device, found, DeviceId.fromBytes(profile.deviceId))] : []
    })
    return views.sort((a, b) => Number(b.current) - Number(a.current) || b.enrolledDay - a.enrolledDay)
  }

  /**
   * What this device calls another, or itself. The name stays here: the server has none.
   * @param name at most 40 characters; empty takes it away
   * @returns the name as it is kept
   * @throws UsageError `device_unknown`, `device_name_invalid`
   */
  async setName(device: DeviceId, name: string): Promise<string> {
    const { store } = this.#member()
    const given = name.trim().normalize('NFC')
    if ([...given].length > MAX_NAME_CHARACTERS || /\p{C}/u.test(given))
      throw new UsageError('device_name_invalid')
    if (!store.state.ownDevices?.some(({ deviceId }) => DeviceId.fromBytes(deviceId) === device))
      throw new UsageError('device_unknown')
    await nameDevice(store, device, given)
    return given
  }

  /** Devices that came or went and of which the user was not told yet; from local state. */
  news(): (DeviceNews & { readonly name: string })[] {
    const { store } = this.#member()
    return untoldNews(store).map((news) => ({ ...news, name: deviceName(store.state, news.device) }))
  }

  /** The user has seen it: it is news no more, also to whoever opens the profile next. */
  async told(news: DeviceNews): Promise<void> {
    await markTold(this.#member().store, news)
  }

  /**
   * Lets a new device in: shows a code, which the user takes to it, and asks whether both show the same six digits.
   * @throws as `letIn`
   */
  link(request: LinkRequest): Promise<LinkOutcome> {
    return letIn(this.#member(), request)
  }

  /**
   * Ends other devices of the account: they are signed out at once, and put out of the chats by those who are in them. What
   * has removed itself before is put out with them.
   * @throws UsageError `own_device` (that is signing out), `device_unknown`; RefusedError `login_failed`,
   * `too_many_calls`; UnreachableError
   */
  async remove({
    devices,
    password,
  }: {
    readonly devices: readonly DeviceId[]
    readonly password: string
  }): Promise<void> {
    const member = this.#member()
    const { delivery, profile, server } = member
    if (devices.includes(DeviceId.fromBytes(profile.deviceId))) throw new UsageError('own_device')
    const proof = await proveOwnPassword(member, await askOwnServer(member), password)
    try {
      const unrevoked = proof.devices.map(
        ({ deviceId, active }) => [DeviceId.fromBytes(deviceId), active] as const,
      )
      if (!devices.every((device) => unrevoked.some(([id]) => id === device)))
        throw new UsageError('device_unknown')
      const ended = unrevoked.filter(([id, active]) => !active && !devices.includes(id)).map(([id]) => id)
      const gone = [...devices, ...ended].slice(0, MAX_REVOCATIONS)
      const revocations = await Promise.all(gone.map((id) => revoke(proof.account, DeviceId.toBytes(id))))
      await server.accounts.revokeDevices({ loginToken: proof.token, revocations })
      await delivery.ownDevicesEnded(gone)
    } finally {
      proof.account.wipe()
    }
  }
}

/** What this device calls a device of the account; empty where it was not named. */
export function deviceName({ ownDevices = [] }: LocalDevice, device: DeviceId): string {
  return ownDevices.find(({ deviceId }) => DeviceId.fromBytes(deviceId) === device)?.name ?? ''
}
