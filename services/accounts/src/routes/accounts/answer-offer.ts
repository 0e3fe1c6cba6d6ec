import { Code, principalOf, RpcError } from '@veche/service-kit'
import { MAX_ANSWER_BYTES } from '../../limits.ts'
import { linkingUnknown } from '../../linking/await-side.ts'
import type { AccountsRoute } from '../route.ts'

export const answerOffer: AccountsRoute<'answerOffer'> =
  ({ linkings }) =>
  async ({ linkingId, answer }, call) => {
    if (answer.length > MAX_ANSWER_BYTES) throw new RpcError(Code.InvalidArgument, 'answer_invalid')
    const linking = await linkings.find(linkingId, principalOf(call).accountId)
    if (!linking) throw linkingUnknown()
    if (answer.length === 0) await linkings.end(linking)
    else if (linking.answer(answer) !== 'done') throw new RpcError(Code.InvalidArgument, 'answer_invalid')
    return {}
  }
