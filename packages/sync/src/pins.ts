/**
 * What handles stand for: each is bound to the account that it was first met with, which is all that the server could
 * substitute (attack A2). The user may mark the account as verified.
 */
import { AccountId } from '@veche/protocol'
import type { DeviceStore } from './device-store.ts'
import type { LocalDevice } from './local-device.ts'

/** The first use of a handle binds it. One that was verified and now stands for another account is so no longer. */
export async function bindHandle(
  store: DeviceStore,
  handle: string,
  accountId: AccountId,
): Promise<'bound' | 'changed'> {
  const pin = store.state.pins.get(handle)
  if (!pin) await storePin(store, handle, accountId, false)
  if (!pin || pin.accountId === accountId) return 'bound'
  if (pin.verified) await storePin(store, handle, pin.accountId, false)
  return 'changed'
}

export function isBound({ pins }: LocalDevice, handle: string, accountId: AccountId): boolean {
  return pins.get(handle)?.accountId === accountId
}

export function isVerified(device: LocalDevice, handle: string, accountId: AccountId): boolean {
  return isBound(device, handle, accountId) && device.pins.get(handle)!.verified
}

/** Of the account that the handle is bound to. @throws RangeError where it is bound to none */
export async function setVerified(store: DeviceStore, handle: string, verified: boolean): Promise<void> {
  const pin = store.state.pins.get(handle)
  if (!pin) throw new RangeError('a handle that is not bound cannot be verified')
  if (pin.verified !== verified) await storePin(store, handle, pin.accountId, verified)
}

function storePin(
  store: DeviceStore,
  handle: string,
  accountId: AccountId,
  verified: boolean,
): Promise<void> {
  return store.store({ case: 'pin', value: { handle, accountId: AccountId.toBytes(accountId), verified } })
}
