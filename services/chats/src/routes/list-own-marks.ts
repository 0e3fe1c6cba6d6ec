import { principalOf } from '@veche/service-kit'
import { readOwnMarks } from '../database/marks.ts'
import { MAX_LIST_MARKS } from '../limits.ts'
import { readPosition } from './position.ts'
import type { Route } from './route.ts'

export const listOwnMarks: Route<'listOwnMarks'> =
  ({ database }) =>
  async ({ afterRevision }, call) => {
    const { accountId } = principalOf(call)
    const after = readPosition(afterRevision)
    return { marks: [...(await readOwnMarks(database, accountId, { after, limit: MAX_LIST_MARKS }))] }
  }
