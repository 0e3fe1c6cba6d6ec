/** How an invite link into a group is shown. */
import type { GroupInvite } from '@veche/client'
import type { Context } from './context.ts'
import type { Fields } from './output.ts'
import { calendarDay, timeOfDay } from './words/language.ts'

export function linkFields(invite: GroupInvite): Fields {
  const { id, expiresAt, uses, maxUses, usable, open, history, approve, role } = invite
  const expires = new Date(expiresAt).toISOString()
  return { id, expires, uses, maxUses, usable, open, history, approve, role: role ?? null }
}

/** Until when, how often it was used, what becomes of who opens it, and what they read. */
export function linkTerms(
  { language, words }: Context,
  { expiresAt, uses, maxUses, history, approve, role }: Omit<GroupInvite, 'id' | 'usable' | 'open'>,
): string {
  const until = new Date(expiresAt)
  const day = `${calendarDay(language, until)}, ${timeOfDay(language, until)}`
  const { linkReads, linkTerms: terms, linkApproves, linkRole } = words.says.group
  const entry = [...(approve ? [linkApproves] : []), ...(role ? [linkRole(words.roles[role])] : [])]
  return [terms(day, uses, maxUses), ...entry, history ? linkReads.history : linkReads.later].join('; ')
}
