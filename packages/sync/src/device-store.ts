/**
 * The device's own journal and its one writer.
 *
 * Invariants: a record is one transaction; the value in memory changes after the record is durable; where a secret
 * ends (`erase`) the journal is written anew under another key, for a record alone would leave it readable.
 */
import { type Files, Journal, type ProfileKey } from '@veche/history'
import { DecodeError, Turns } from '@veche/protocol'
import { DamagedError } from './errors.ts'
import {
  applyDeviceChanges,
  type DeviceChangeInit,
  encodeDeviceRecord,
  encodeDeviceSnapshot,
  type LocalDevice,
  replayDevice,
  toDeviceChanges,
} from './local-device.ts'
import type { OnStep } from './steps.ts'

const NAME = 'device'
const MAX_RECORDS = 1000

export class DeviceStore {
  readonly #journal: Journal
  readonly #onStep: OnStep
  readonly #turns = new Turns()
  #device: LocalDevice

  /** @throws DamagedError when what was stored cannot be read, or is not all there */
  static async open(files: Files, profileKey: ProfileKey, onStep: OnStep): Promise<DeviceStore> {
    try {
      const journal = await Journal.open(files, NAME, profileKey)
      if (journal.repaired?.kind === 'damaged') throw new DamagedError('the device: its journal is damaged')
      return new DeviceStore(journal, replayDevice(journal.snapshot, journal.records), onStep)
    } catch (cause) {
      if (cause instanceof DecodeError)
        throw new DamagedError('the device: its journal is damaged', { cause })
      throw cause
    }
  }

  private constructor(journal: Journal, device: LocalDevice, onStep: OnStep) {
    this.#journal = journal
    this.#device = device
    this.#onStep = onStep
  }

  get state(): LocalDevice {
    return this.#device
  }

  /** Durable when it resolves. */
  store(...changes: readonly DeviceChangeInit[]): Promise<void> {
    return this.#apply(changes, false)
  }

  /** As `store`, and what the changes take away cannot be read any more. */
  erase(...changes: readonly DeviceChangeInit[]): Promise<void> {
    return this.#apply(changes, true)
  }

  #apply(inits: readonly DeviceChangeInit[], anew: boolean): Promise<void> {
    return this.#turns.take(async () => {
      const changes = toDeviceChanges(...inits)
      const next = applyDeviceChanges(this.#device, changes)
      this.#onStep('device: record')
      if (anew || this.#journal.size >= MAX_RECORDS) await this.#journal.rewrite(encodeDeviceSnapshot(next))
      else await this.#journal.append(encodeDeviceRecord(changes))
      this.#onStep('device: recorded')
      this.#device = next
    })
  }
}
