import { equalBytes } from '@veche/protocol'
import { Code, type EndedDevice, type Queryable, RpcError } from '@veche/service-kit'
import { type CertifiedDevice, endDevice, insertDevice, listDevices } from '../database/devices.ts'
import type { Revocation } from './revocations.ts'

/**
 * Puts a device under its account, which the transaction has locked. The same device again is the retry of one whose
 * answer was lost.
 * @returns the devices that have ended by it
 * @throws RpcError `device_limit`, `proof_invalid`
 */
export async function enrol(
  transaction: Queryable,
  device: CertifiedDevice,
  revoked: readonly Revocation[],
  day: number,
): Promise<EndedDevice[]> {
  const { accountId } = device
  const ended: EndedDevice[] = []
  for (const { deviceId, bytes } of revoked) {
    if (await endDevice(transaction, { accountId, deviceId }, day, bytes)) ended.push({ accountId, deviceId })
  }
  const [active] = await listDevices(transaction, [accountId])
  if (active !== undefined) {
    if (equalBytes(active.certificate, device.certificate)) return ended
    throw new RpcError(Code.FailedPrecondition, 'device_limit')
  }
  // A revoked device never comes back.
  if (!(await insertDevice(transaction, device, day)))
    throw new RpcError(Code.InvalidArgument, 'proof_invalid')
  return ended
}
