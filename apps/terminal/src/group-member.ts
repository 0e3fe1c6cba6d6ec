/** What the commands about groups begin with: the group, and somebody in it. */
import type { Client, GroupChat, GroupMember } from '@veche/client'
import { catchUp } from './catch-up.ts'
import type { Context } from './context.ts'
import type { ExitCode } from './exit-code.ts'
import { wrongUse } from './failure.ts'
import { findGroup } from './find-chat.ts'
import { withoutAt } from './handle.ts'
import { withAccount } from './profile.ts'

/** Runs a task on the group as it is now. @throws Failure `chat_unknown`, `chat_ambiguous`, `not_a_group` */
export function withGroup(
  context: Context,
  which: string,
  task: (client: Client, group: GroupChat) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withAccount(context, async ({ client }) => {
    await catchUp(client, context)
    return task(client, findGroup(client, which))
  })
}

/** @param who a handle, or an account where two have one handle @throws Failure `person_unknown` */
export function memberOf(client: Client, { chat }: GroupChat, who: string): GroupMember {
  return only(client.groups.members(chat), who)
}

/** The one whom a handle or an account names. @throws Failure `person_unknown` */
export function only<P extends { readonly account: string; readonly handle: string }>(
  people: readonly P[],
  who: string,
): P {
  const handle = withoutAt(who)
  const [found, another] = people.filter((one) => one.account === handle || one.handle === handle)
  if (found === undefined || another !== undefined) throw wrongUse('person_unknown', who)
  return found
}
