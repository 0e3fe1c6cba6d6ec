import { listOpenGroups as listOpen } from '../../database/open-groups.ts'
import type { InternalRoute } from '../route.ts'

const MAX_PAGE = 500

export const listOpenGroups: InternalRoute<'listOpenGroups'> =
  ({ database }) =>
  async ({ after, limit }) => {
    const page = Math.min(limit || MAX_PAGE, MAX_PAGE)
    const open = await listOpen(database, after, page + 1)
    return { groups: open.slice(0, page), more: open.length > page }
  }
