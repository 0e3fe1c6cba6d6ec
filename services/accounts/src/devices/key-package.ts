import { readKeyPackage } from '@veche/mls/wire'
import { DecodeError, equalBytes } from '@veche/protocol'
import { Code, RpcError } from '@veche/service-kit'
import type { Device } from '../database/devices.ts'
import type { StoredKeyPackage } from '../database/key-packages.ts'
import { dayOf } from '../day.ts'

export const MAX_KEY_PACKAGE_BYTES = 4096
const MAX_LIFETIME_MS = 91 * 86_400_000

/**
 * Reads a key package that a device uploads. Lifetimes are judged here and by the adder, and never on receipt of a
 * commit: there they would let the clock decide.
 * @throws DecodeError unless it is this device's own, of the kind asked for, and lives no longer than allowed; RpcError
 * `clock_differs` unless it is good at `nowMs`
 */
export async function readDeviceKeyPackage(
  bytes: Uint8Array,
  device: Device,
  nowMs: number,
  { lastResort }: { readonly lastResort: boolean },
): Promise<StoredKeyPackage> {
  if (bytes.length > MAX_KEY_PACKAGE_BYTES) throw new DecodeError('key package: too large')
  const facts = await readKeyPackage(bytes)
  if (!equalBytes(facts.certificate, device.certificate))
    throw new DecodeError("key package: another device's")
  if (facts.lastResort !== lastResort) throw new DecodeError('key package: of the other kind')
  const { notBeforeMs, notAfterMs } = facts
  if (notAfterMs - notBeforeMs > MAX_LIFETIME_MS) throw new DecodeError('key package: lives too long')
  if (notBeforeMs > nowMs || dayOf(notAfterMs) <= dayOf(nowMs))
    throw new RpcError(Code.InvalidArgument, 'clock_differs')
  return { reference: facts.reference, keyPackage: bytes, expiresDay: dayOf(notAfterMs) }
}
