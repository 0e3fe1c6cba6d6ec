/** Who wrote in a chat before this device came: each device proves itself by its account's key, whoever shows it. */
import { verifyCertificate } from '@veche/mls'
import { AccountId, ChatId, DecodeError, DeviceId } from '@veche/protocol'
import { type ArchivedEntry, EntryKind } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ChatsClient } from './server.ts'

export class ArchiveSenders {
  readonly #server: Pick<ChatsClient, 'listSenders'>
  readonly #keys = new Map<string, Uint8Array>()

  constructor(server: Pick<ChatsClient, 'listSenders'>) {
    this.#server = server
  }

  /** The certified leaf key of a device; undefined where nobody told of it. */
  keyOf(account: AccountId, device: DeviceId): Uint8Array | undefined {
    return this.#keys.get(nameOf(account, device))
  }

  /** Asks for those that are not known. @param entries a page at most. @throws UnreachableError, RefusedError */
  async meet(chatId: ChatId, entries: readonly ArchivedEntry[]): Promise<void> {
    const messages = entries.filter(({ kind }) => kind === EntryKind.APPLICATION)
    const unknown = new Map(
      messages
        .map((entry) => [nameOfSender(entry), entry] as const)
        .filter(([name]) => !this.#keys.has(name)),
    )
    if (unknown.size === 0) return
    const senders = [...unknown.values()].map(({ accountId, deviceId }) => ({ accountId, deviceId }))
    const { devices } = await this.#server.listSenders({ chatId: ChatId.toBytes(chatId), senders })
    for (const { certificate, signatureKey } of devices) await this.#learn(certificate, signatureKey)
  }

  async #learn(certificate: Uint8Array, signatureKey: Uint8Array): Promise<void> {
    try {
      const { accountId, deviceId } = await verifyCertificate(certificate, signatureKey)
      this.#keys.set(nameOf(accountId, deviceId), signatureKey)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error // what proves nothing is as good as not there
    }
  }
}

function nameOfSender({ accountId, deviceId }: ArchivedEntry): string {
  return nameOf(AccountId.fromBytes(accountId), DeviceId.fromBytes(deviceId))
}

function nameOf(account: AccountId, device: DeviceId): string {
  return `${account} ${device}`
}
