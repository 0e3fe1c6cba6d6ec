import { awaitSide } from '../../linking/await-side.ts'
import type { AccountsRoute } from '../route.ts'

export const awaitAnswer: AccountsRoute<'awaitAnswer'> =
  ({ linkings }) =>
  async ({ linkingId }, call) => {
    return { answer: await awaitSide(linkings, await linkings.find(linkingId), 'answer', call.signal) }
  }
