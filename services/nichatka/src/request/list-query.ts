/** What the buttons of a list send, to ask for the same messages again, or for another page of them. */
import { defaultLimit, type ListRequest } from './list-request.ts'

/** The filters in force and the page. */
export function queryOf({ filter, values, page, cursor }: ListRequest): string {
  const query = new URLSearchParams([...values])
  query.set('box', filter.box)
  if (page.limit !== defaultLimit) query.set('limit', String(page.limit))
  if (cursor !== undefined) query.set('cursor', cursor)
  return query.toString()
}

/** The list alone, at that cursor; from its newest message where there is none. */
export function pageQuery(request: ListRequest, cursor: string | undefined): string {
  return `part=list&${queryOf({ ...request, cursor })}`
}
