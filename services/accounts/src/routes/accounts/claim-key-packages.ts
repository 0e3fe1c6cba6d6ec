import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { DeviceId } from '@veche/protocol'
import {
  type ClaimedKeyPackage,
  ClaimedKeyPackageSchema,
  type ClaimKeyPackagesResponse,
  ClaimKeyPackagesResponseSchema,
} from '@veche/protocol/gen/accounts/v1/accounts_pb.js'
import { Code, principalOf, type Queryable, RpcError } from '@veche/service-kit'
import { holdDevices } from '../../database/devices.ts'
import { beginClaim, findClaim, finishClaim } from '../../database/key-package-claims.ts'
import { findLastResort, takeKeyPackage } from '../../database/key-packages.ts'
import { dayOf } from '../../day.ts'
import { type Grant, readGrant } from '../../devices/grant.ts'
import { findGrantKey } from '../../keys/grant-key.ts'
import { claimsOfOwn, claimsPerPair, ensureWithin } from '../../limits.ts'
import { refusing } from '../../request-fields.ts'
import type { AccountsRoute } from '../route.ts'

export const claimKeyPackages: AccountsRoute<'claimKeyPackages'> =
  ({ database, secrets, clock, limiter }) =>
  async ({ grant: bytes }, call) => {
    const { accountId } = principalOf(call)
    const nowMs = clock.nowMs()
    const grantKey = await findGrantKey(secrets)
    const grant = await refusing(Code.PermissionDenied, 'grant_invalid', () =>
      readGrant(bytes, grantKey, nowMs),
    )
    if (grant.requesterId !== accountId) throw new RpcError(Code.PermissionDenied, 'grant_invalid')

    const answered = await findClaim(database, grant.grantId)
    if (answered) return fromBinary(ClaimKeyPackagesResponseSchema, answered)
    const rule = grant.targetId === accountId ? claimsOfOwn : claimsPerPair
    await ensureWithin(limiter, rule, `${grant.requesterId} ${grant.targetId}`)
    return database.transaction((transaction) => claim(transaction, grant, dayOf(nowMs)))
  }

/** The same grant at the same time waits in `beginClaim`, and gets what the first one took. */
async function claim(transaction: Queryable, grant: Grant, day: number): Promise<ClaimKeyPackagesResponse> {
  if (!(await beginClaim(transaction, grant.grantId, grant.expiresAtMs))) {
    const answered = await findClaim(transaction, grant.grantId)
    if (!answered) throw new RpcError(Code.PermissionDenied, 'grant_invalid') // it ended meanwhile
    return fromBinary(ClaimKeyPackagesResponseSchema, answered)
  }
  const keyPackages = await takeOfEachDevice(transaction, grant, day)
  if (keyPackages.length === 0) throw new RpcError(Code.NotFound, 'no_key_package')
  const response = create(ClaimKeyPackagesResponseSchema, { keyPackages })
  await finishClaim(transaction, grant.grantId, toBinary(ClaimKeyPackagesResponseSchema, response))
  return response
}

async function takeOfEachDevice(
  transaction: Queryable,
  { targetId: accountId }: Grant,
  day: number,
): Promise<ClaimedKeyPackage[]> {
  const claimed: ClaimedKeyPackage[] = []
  for (const deviceId of await holdDevices(transaction, accountId)) {
    const device = { accountId, deviceId }
    const keyPackage =
      (await takeKeyPackage(transaction, device, day)) ?? (await findLastResort(transaction, device, day))
    if (keyPackage === undefined) continue // the device has not come online yet: it is added later
    claimed.push(
      create(ClaimedKeyPackageSchema, {
        deviceId: DeviceId.toBytes(deviceId),
        keyPackage: Uint8Array.from(keyPackage),
      }),
    )
  }
  return claimed
}
