import { maxNameQueryLength } from '../domain.ts'
import { picks, recipientsFragment } from '../fragments/recipients.ts'
import { wrong } from '../refusal.ts'
import { ensureChoice, ensureNumber } from '../request/values.ts'
import { userRoute } from './route.ts'

const defaultLimit = 20
const maxLimit = 100

/** Those whose name begins so (N7). */
export const recipients = userRoute({
  parse: (fields) => ({
    query: parseQuery(fields.text('q') ?? ''),
    limit: ensureNumber('limit', fields.one('limit') ?? String(defaultLimit), maxLimit),
    pick: ensureChoice('pick', fields.one('pick') ?? 'to', picks),
  }),
  async run({ context, user, words }, { query, limit, pick }) {
    const found = await context.store.findRecipients(user.hostId, query, limit)
    const hasMore = found.users.length >= limit
    return { status: 200, fragments: [recipientsFragment(found, { pick, query, hasMore }, words)] }
  },
})

function parseQuery(text: string): string {
  if (text.length > maxNameQueryLength) throw wrong('q')
  return text
    .normalize('NFC')
    .toWellFormed()
    .replace(/\p{Cc}/gu, '')
    .trim()
}
