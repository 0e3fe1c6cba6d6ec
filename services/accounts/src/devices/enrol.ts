import { equalBytes } from '@veche/protocol'
import { Code, type EndedDevice, type Queryable, RpcError } from '@veche/service-kit'
import { type CertifiedDevice, insertDevice, listDevices } from '../database/devices.ts'
import { MAX_DEVICES } from '../limits.ts'
import { type Revocation, revoke } from './revocations.ts'

/**
 * Puts a device under its account, which the transaction has locked. The same device again is the retry of one whose
 * answer was lost.
 * @returns the devices of which the account has said by it that they are its own no more
 * @throws RpcError `device_limit`, `proof_invalid`
 */
export async function enrol(
  transaction: Queryable,
  device: CertifiedDevice,
  revoked: readonly Revocation[],
  day: number,
): Promise<EndedDevice[]> {
  const { accountId } = device
  const ended = await revoke(transaction, accountId, revoked, day)
  const active = await listDevices(transaction, [accountId])
  if (active.some(({ certificate }) => equalBytes(certificate, device.certificate))) return ended
  if (active.length >= MAX_DEVICES) throw new RpcError(Code.FailedPrecondition, 'device_limit')
  // A revoked device never comes back.
  if (!(await insertDevice(transaction, device, day)))
    throw new RpcError(Code.InvalidArgument, 'proof_invalid')
  return ended
}
