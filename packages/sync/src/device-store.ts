/**
 * The device's own journal and its one writer.
 *
 * Invariants: those of `JournaledValue`; where a secret ends (`erase`) the journal is written anew under another key, for
 * a record alone would leave it readable.
 */
import { type Files, Journal, type ProfileKey } from '@veche/history'
import { DecodeError } from '@veche/protocol'
import { DamagedError } from './errors.ts'
import { JournaledValue } from './journaled-value.ts'
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
const FORM = { name: NAME, maxRecords: 1000, encode: encodeDeviceSnapshot }

export class DeviceStore {
  readonly #journaled: JournaledValue<LocalDevice>

  /** @throws DamagedError when what was stored cannot be read, or is not all there */
  static async open(files: Files, profileKey: ProfileKey, onStep: OnStep): Promise<DeviceStore> {
    try {
      const journal = await Journal.open(files, NAME, profileKey)
      if (journal.repaired?.kind === 'damaged') throw new DamagedError('the device: its journal is damaged')
      const device = replayDevice(journal.snapshot, journal.records)
      return new DeviceStore(new JournaledValue(journal, device, FORM, onStep))
    } catch (cause) {
      if (cause instanceof DecodeError)
        throw new DamagedError('the device: its journal is damaged', { cause })
      throw cause
    }
  }

  private constructor(journaled: JournaledValue<LocalDevice>) {
    this.#journaled = journaled
  }

  get state(): LocalDevice {
    return this.#journaled.value
  }

  /** Durable when it resolves. */
  store(...changes: readonly DeviceChangeInit[]): Promise<void> {
    return this.#apply(changes, { anew: false })
  }

  /** As `store`, and what the changes take away cannot be read any more. */
  erase(...changes: readonly DeviceChangeInit[]): Promise<void> {
    return this.#apply(changes, { anew: true })
  }

  #apply(inits: readonly DeviceChangeInit[], how: { readonly anew: boolean }): Promise<void> {
    return this.#journaled.store((device) => {
      const changes = toDeviceChanges(...inits)
      return { next: applyDeviceChanges(device, changes), record: encodeDeviceRecord(changes) }
    }, how)
  }
}
