/** How an invite link into a group is shown. */
import type { GroupInvite } from '@veche/client'
import type { Context } from './context.ts'
import type { Fields } from './output.ts'
import { calendarDay, timeOfDay } from './words/language.ts'

export function linkFields({ id, expiresAt, uses, maxUses, usable, open }: GroupInvite): Fields {
  return { id, expires: new Date(expiresAt).toISOString(), uses, maxUses, usable, open }
}

/** Until when, and how often it was used. */
export function linkTerms(
  { language, words }: Context,
  { expiresAt, uses, maxUses }: Omit<GroupInvite, 'id' | 'usable' | 'open'>,
): string {
  const until = new Date(expiresAt)
  const day = `${calendarDay(language, until)}, ${timeOfDay(language, until)}`
  return words.says.group.linkTerms(day, uses, maxUses)
}
