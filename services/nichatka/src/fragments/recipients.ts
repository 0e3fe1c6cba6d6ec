import { parseNickname } from '../nickname.ts'
import type { FoundRecipients } from '../store.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'

/** Which field a chosen one becomes: a message goes to people and groups, a group has people alone. */
export const picks = ['to', 'member', 'add'] as const
export type Pick = (typeof picks)[number]

/** Those to choose from. @param query what was written: it may be somebody who has not been here yet */
export function recipientsFragment(
  { users, groups }: FoundRecipients,
  { pick, query, hasMore }: { readonly pick: Pick; readonly query: string; readonly hasMore: boolean },
  words: Words,
): Html {
  const prefix = pick === 'to' ? 'user:' : ''
  const newcomer = users.some((nickname) => nickname === query) ? undefined : parseNickname(query)
  const found = users.map((nickname) => choice(`${prefix}${nickname}`, nickname))
  const named = pick === 'to' ? groups.map(({ id, name }) => choice(`group:${id}`, name)) : []
  const other = newcomer && html`${choice(`${prefix}${newcomer}`, newcomer)} <small>${words.newcomer}</small>`
  const isEmpty = query !== '' && found.length + named.length === 0 && other === undefined
  const remark = isEmpty ? words.noRecipients : hasMore ? words.recipientsMore : undefined
  return html`<div data-key="${keyOf(pick)}" data-pick="${pick}" role="group" aria-label="${words.recipientList}">${named}${found}${other}${remark !== undefined && html`<p>${remark}</p>`}</div>`
}

function keyOf(pick: Pick): string {
  return pick === 'to' ? 'recipients' : 'members'
}

function choice(value: string, name: string): Html {
  return html`<button type="button" data-quiet="" value="${value}"><bdi>${name}</bdi></button>`
}
