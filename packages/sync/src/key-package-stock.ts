/**
 * The device's key packages with the server: so many that somebody can always start a chat with it. Private parts
 * are stored before the packages are uploaded; what an interrupted upload leaves over ends with its lifetime.
 */
import { type Device, newKeyPackage } from '@veche/mls'
import type { DeviceStore } from './device-store.ts'
import type { DeviceChangeInit } from './local-device.ts'
import type { AccountsClient } from './server.ts'

const FULL = 100
/** Refilled below. */
const LOW = 50
/** A package lives 90 days; a welcome for it may wait some more. */
const KEPT_MS = 120 * 86_400_000

export interface Stock {
  readonly store: DeviceStore
  readonly accounts: Pick<AccountsClient, 'getOwnAccount' | 'uploadKeyPackages'>
  readonly device: Device
  readonly nowMs: () => number
}

/**
 * Refills the stock where it is low. Every upload replaces the last-resort package too.
 * @param lastResortUsed whether that package was joined with, and so must be replaced
 * @throws UnreachableError, RefusedError; `clock_differs` where this device's clock and the server's are days apart
 */
export async function replenish(stock: Stock, lastResortUsed = false): Promise<void> {
  const { keyPackages: left } = await stock.accounts.getOwnAccount({})
  if (left >= LOW && !lastResortUsed) return
  const missing = Math.max(0, FULL - left)
  const made = await Promise.all(Array.from({ length: missing }, () => make(stock, false)))
  const lastResort = await make(stock, true)
  await stock.store.store(...[...made, lastResort].map(({ change }) => change))
  await stock.accounts.uploadKeyPackages({
    keyPackages: made.map(({ keyPackage }) => keyPackage),
    lastResort: lastResort.keyPackage,
  })
  // The server found the new ones in their time, so this device's clock is right enough to say what is too old.
  const old = outdated(stock)
  if (old.length > 0) await stock.store.erase(...old)
}

async function make({ device, nowMs }: Stock, lastResort: boolean) {
  const madeAtMs = nowMs()
  const { keyPackage, reference, privatePart } = await newKeyPackage(device, { nowMs: madeAtMs, lastResort })
  const value = { reference, privatePart, lastResort, madeAtMs: BigInt(madeAtMs) }
  return { keyPackage, change: { case: 'keyPackage', value } satisfies DeviceChangeInit }
}

function outdated({ store, nowMs }: Stock): DeviceChangeInit[] {
  const old = store.state.keyPackages.filter(({ madeAtMs }) => Number(madeAtMs) + KEPT_MS < nowMs())
  return old.map(({ reference }) => ({ case: 'keyPackageRemoved', value: reference }))
}
