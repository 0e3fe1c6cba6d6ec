/** How an invite link into a group is shown. */
import type { GroupInvite } from '@veche/client'
import type { Context } from './context.ts'
import type { Fields } from './output.ts'
import { calendarDay, timeOfDay } from './words/language.ts'

export function linkFields({ id, expiresAt, uses, maxUses, usable, open, history }: GroupInvite): Fields {
  return { id, expires: new Date(expiresAt).toISOString(), uses, maxUses, usable, open, history }
}

/** Until when, how often it was used, and what who comes by it reads. */
export function linkTerms(
  { language, words }: Context,
  { expiresAt, uses, maxUses, history }: Omit<GroupInvite, 'id' | 'usable' | 'open'>,
): string {
  const until = new Date(expiresAt)
  const day = `${calendarDay(language, until)}, ${timeOfDay(language, until)}`
  const { linkReads, linkTerms: terms } = words.says.group
  return `${terms(day, uses, maxUses)}; ${history ? linkReads.history : linkReads.later}`
}
