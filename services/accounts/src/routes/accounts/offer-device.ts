import { Code, callerAddressOf, RpcError } from '@veche/service-kit'
import { ensureWithin, MAX_OFFER_BYTES } from '../../limits.ts'
import { linkingUnknown } from '../../linking/await-side.ts'
import type { AccountsRoute } from '../route.ts'

export const offerDevice: AccountsRoute<'offerDevice'> =
  ({ linkings, limiter, attempts }) =>
  async ({ linkingId, offer }, call) => {
    await ensureWithin(limiter, attempts.offerDevice, callerAddressOf(call))
    if (offer.length === 0 || offer.length > MAX_OFFER_BYTES) {
      throw new RpcError(Code.InvalidArgument, 'offer_invalid')
    }
    const linking = await linkings.find(linkingId)
    if (linking?.offer(offer) !== 'done') throw linkingUnknown()
    return {}
  }
