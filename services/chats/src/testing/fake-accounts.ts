/** The accounts service as chats sees it: an outside party, played in memory. */
import { create } from '@bufbuild/protobuf'
import {
  type Client,
  Code,
  ConnectError,
  createClient,
  createRouterTransport,
  type Interceptor,
} from '@connectrpc/connect'
import { AccountId, DeviceId } from '@veche/protocol'
import {
  type Account,
  AccountSchema,
  AccountsInternalService,
} from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { AcceptancePolicy } from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { DependencyError } from '@veche/service-kit'
import type { Person } from './person.ts'

const POLICIES = {
  forbidden: AcceptancePolicy.FORBIDDEN,
  confirm: AcceptancePolicy.CONFIRM,
  allowed: AcceptancePolicy.ALLOWED,
} as const

export class FakeAccounts {
  readonly #people = new Map<AccountId, Person[]>()
  readonly #policies = new Map<AccountId, keyof typeof POLICIES>()
  readonly #blocks = new Set<string>()
  readonly #revocations = new Map<AccountId, Uint8Array[]>()
  readonly #ended = new Map<string, { accountId: Uint8Array; deviceId: Uint8Array; revoked: boolean }>()
  readonly #unready = new Set<string>()
  /** Ended ones too. */
  readonly #devices = new Map<string, Person>()
  /** Names of the calls made, in order. */
  readonly calls: string[] = []
  grantKey: Uint8Array | undefined
  unreachable = false

  /** Enrols a person, or another device of one; the policy is `confirm` unless said otherwise. */
  add(person: Person, policy: keyof typeof POLICIES = 'confirm'): void {
    this.#people.set(person.accountId, [...(this.#people.get(person.accountId) ?? []), person])
    this.#policies.set(person.accountId, policy)
    this.#devices.set(`${person.accountId} ${person.deviceId}`, person)
  }

  setPolicy(person: Person, policy: keyof typeof POLICIES): void {
    this.#policies.set(person.accountId, policy)
  }

  /** Enrols a device that nobody can add yet: it has no key package. */
  addUnready(person: Person): void {
    this.add(person, this.#policies.get(person.accountId))
    this.#unready.add(person.deviceId)
  }

  /** @param revocation the account's word on it, where there is one */
  removeDevice(person: Person, revocation?: Uint8Array): void {
    const ids = {
      accountId: AccountId.toBytes(person.accountId),
      deviceId: DeviceId.toBytes(person.deviceId),
    }
    this.#ended.set(person.deviceId, { ...ids, revoked: revocation !== undefined })
    if (revocation) {
      const revocations = this.#revocations.get(person.accountId) ?? []
      this.#revocations.set(person.accountId, [...revocations, revocation])
    }
    const devices = this.#people.get(person.accountId) ?? []
    this.#people.set(
      person.accountId,
      devices.filter(({ deviceId }) => deviceId !== person.deviceId),
    )
  }

  block(blocker: Person, blocked: Person): void {
    this.#blocks.add(`${blocker.accountId} ${blocked.accountId}`)
  }

  client(): Client<typeof AccountsInternalService> {
    const transport = createRouterTransport(
      ({ service }) =>
        service(AccountsInternalService, {
          setGrantKey: ({ publicKey }) => {
            this.#called('setGrantKey')
            this.grantKey = publicKey
            return {}
          },
          resolveHandle: ({ handle, requesterId }) => {
            this.#called('resolveHandle')
            const person = this.#byHandle(handle, AccountId.fromBytes(requesterId))
            if (!person) return { found: false }
            const acceptance = POLICIES[this.#policies.get(person.accountId)!]
            return { found: true, accountId: AccountId.toBytes(person.accountId), acceptance }
          },
          listEndedDevices: () => {
            if (this.unreachable) throw new ConnectError('not there', Code.Unavailable)
            return { devices: [...this.#ended.values()] }
          },
          getDevices: ({ devices }) => {
            this.#called('getDevices')
            const known = devices.flatMap(({ accountId, deviceId }) => {
              const name = `${AccountId.fromBytes(accountId)} ${DeviceId.fromBytes(deviceId)}`
              const person = this.#devices.get(name)
              if (!person) return []
              const { certificate, signaturePublicKey: signatureKey } = person.device
              return [{ accountId, deviceId, certificate, signatureKey }]
            })
            return { devices: known }
          },
          getBlockers: ({ accountIds }) => {
            this.#called('getBlockers')
            const [one, other] = accountIds.map((id) => AccountId.fromBytes(id))
            const blockers = [
              ...(this.#blocks.has(`${one} ${other}`) ? [one!] : []),
              ...(this.#blocks.has(`${other} ${one}`) ? [other!] : []),
            ]
            return { accountIds: blockers.map(AccountId.toBytes) }
          },
          getAccounts: ({ accountIds }) => {
            this.#called('getAccounts')
            return { accounts: accountIds.flatMap((id) => this.#account(AccountId.fromBytes(id))) }
          },
        }),
      { transport: { interceptors: [dependencyErrors] } },
    )
    return createClient(AccountsInternalService, transport)
  }

  #called(name: string): void {
    if (this.unreachable) throw new ConnectError('not there', Code.Unavailable)
    this.calls.push(name)
  }

  #byHandle(handle: string, requester: AccountId): Person | undefined {
    const person = [...this.#people.values()].flat().find((other) => other.handle === handle)
    return person && !this.#blocks.has(`${person.accountId} ${requester}`) ? person : undefined
  }

  #account(id: AccountId): Account[] {
    const devices = this.#people.get(id)
    const person = devices?.[0]
    if (!devices || !person) return []
    const { accountKey, handle, displayName } = person
    return [
      create(AccountSchema, {
        accountId: AccountId.toBytes(id),
        accountKey,
        handle,
        displayName,
        devices: devices.map(({ device, deviceId }) => ({
          deviceId: DeviceId.toBytes(deviceId),
          certificate: device.certificate,
          signatureKey: device.signaturePublicKey,
        })),
        revocations: this.#revocations.get(id) ?? [],
        unreadyDeviceIds: devices
          .filter(({ deviceId }) => this.#unready.has(deviceId))
          .map(({ deviceId }) => DeviceId.toBytes(deviceId)),
      }),
    ]
  }
}

/** As the clients that a service is given. */
const dependencyErrors: Interceptor = (next) => async (request) => {
  try {
    return await next(request)
  } catch (error) {
    throw new DependencyError(ConnectError.from(error))
  }
}
