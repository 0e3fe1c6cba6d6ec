import { principalOf } from '@veche/service-kit'
import { awaitSide } from '../../linking/await-side.ts'
import type { AccountsRoute } from '../route.ts'

export const awaitOffer: AccountsRoute<'awaitOffer'> =
  ({ linkings }) =>
  async ({ linkingId }, call) => {
    const linking = await linkings.find(linkingId, principalOf(call).accountId)
    return { offer: await awaitSide(linkings, linking, 'offer', call.signal) }
  }
