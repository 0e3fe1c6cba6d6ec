import { bellFragment } from '../fragments/bell.ts'
import type { Html } from '../fragments/html.ts'
import type { UserCall } from './route.ts'

/** The bell as it is now. */
export async function bellOf({ context, user, words }: UserCall): Promise<Html> {
  return bellFragment(await context.store.unread(user), words)
}
