import { createChallenge as newChallenge } from '../../devices/challenge.ts'
import type { AccountsRoute } from '../route.ts'

export const createChallenge: AccountsRoute<'createChallenge'> =
  ({ keys, clock }) =>
  () => ({ challenge: newChallenge(keys, clock.nowMs()) })
