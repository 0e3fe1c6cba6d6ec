/**
 * What handles stand for: each is bound to the account that it was first met with, which is all that the server could
 * substitute (attack A2), until the user accepts another. The user may mark the account as verified.
 */
import type { AccountId } from '@veche/protocol'
import type { DeviceStore } from './device-store.ts'
import { type LocalDevice, type LocalPin, toPin } from './local-device.ts'

/**
 * The first use of a handle binds it. Where it stands for another account now that one is remembered, for the user to
 * accept, and the one it is bound to is no longer verified.
 */
export async function bindHandle(
  store: DeviceStore,
  handle: string,
  accountId: AccountId,
): Promise<'bound' | 'changed'> {
  const pin = store.state.pins.get(handle)
  if (!pin) await storePin(store, handle, { accountId, verified: false })
  if (!pin || pin.accountId === accountId) return 'bound'
  if (pin.verified || pin.claimedBy !== accountId) {
    await storePin(store, handle, { accountId: pin.accountId, verified: false, claimedBy: accountId })
  }
  return 'changed'
}

/** The user wants the handle to stand for this account from now on, which is not verified by that. */
export function rebindHandle(store: DeviceStore, handle: string, accountId: AccountId): Promise<void> {
  return storePin(store, handle, { accountId, verified: false })
}

export function isBound({ pins }: LocalDevice, handle: string, accountId: AccountId): boolean {
  return pins.get(handle)?.accountId === accountId
}

/** What a handle and an account have to do with each other. */
export type Binding =
  | 'bound'
  /** The handle was bound to another account when this one came with it; the user may accept it. */
  | 'claimed'
  /** The handle is bound to another account. */
  | 'unbound'

export function bindingOf({ pins }: LocalDevice, handle: string, accountId: AccountId): Binding {
  const pin = pins.get(handle)
  if (pin === undefined || pin.accountId === accountId) return 'bound'
  return pin.claimedBy === accountId ? 'claimed' : 'unbound'
}

export function isVerified(device: LocalDevice, handle: string, accountId: AccountId): boolean {
  return isBound(device, handle, accountId) && device.pins.get(handle)!.verified
}

/** Of the account that the handle is bound to. @throws RangeError where it is bound to none */
export async function setVerified(store: DeviceStore, handle: string, verified: boolean): Promise<void> {
  const pin = store.state.pins.get(handle)
  if (!pin) throw new RangeError('a handle that is not bound cannot be verified')
  if (pin.verified !== verified) await storePin(store, handle, { ...pin, verified })
}

function storePin(store: DeviceStore, handle: string, pin: LocalPin): Promise<void> {
  return store.store({ case: 'pin', value: toPin(handle, pin) })
}
