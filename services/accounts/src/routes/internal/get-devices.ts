import { create } from '@bufbuild/protobuf'
import { AccountId, DeviceId } from '@veche/protocol'
import { CertifiedDeviceSchema } from '@veche/protocol/gen/accounts/internal/v1/accounts_internal_pb.js'
import { Code, RpcError } from '@veche/service-kit'
import { findCertified } from '../../database/devices.ts'
import { readAccountId, readDeviceId } from '../../request-fields.ts'
import type { InternalRoute } from '../route.ts'

const MAX_DEVICES = 200

export const getDevices: InternalRoute<'getDevices'> =
  ({ database }) =>
  async ({ devices }) => {
    if (devices.length > MAX_DEVICES) throw new RpcError(Code.InvalidArgument, 'too_many_ids')
    const ids = await Promise.all(
      devices.map(async ({ accountId, deviceId }) => ({
        accountId: await readAccountId(accountId),
        deviceId: await readDeviceId(deviceId),
      })),
    )
    const found = await findCertified(database, ids)
    return {
      devices: found.map(({ accountId, deviceId, certificate, signatureKey }) =>
        create(CertifiedDeviceSchema, {
          accountId: AccountId.toBytes(accountId),
          deviceId: DeviceId.toBytes(deviceId),
          certificate: Uint8Array.from(certificate),
          signatureKey: Uint8Array.from(signatureKey),
        }),
      ),
    }
  }
