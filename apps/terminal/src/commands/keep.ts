/** Shows or sets where a chat's history is kept: on the server and on this device (M22). */
import type { Kept, Person } from '@veche/client'
import { catchUp } from '../catch-up.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { findChat } from '../find-chat.ts'
import { choiceArgument } from '../given-values.ts'
import { groupName } from '../group-view.ts'
import { keptFields, keptText } from '../kept-view.ts'
import { personText } from '../message-view.ts'
import { withAccount } from '../profile.ts'

interface KeepOptions {
  readonly yes?: true
}

export async function run(
  context: Context,
  which: string,
  where: string | undefined,
  wanted: string | undefined,
  options: KeepOptions,
): Promise<ExitCode> {
  const { output, words } = context
  const place = choiceArgument(where, ['server', 'device'])
  const choice = choiceArgument(wanted, ['on', 'off'])
  if (place !== undefined && choice === undefined) throw wrongUse('missing_argument', 'on|off')
  return withAccount(context, async ({ client }) => {
    await catchUp(client, context)
    const chat = findChat(client, which)
    const summary = client.chats().find((known) => known.chat === chat)!
    const peer = summary.type === 'group' ? { handle: '', name: groupName(summary) } : summary.with
    if (place !== undefined) {
      const kept = choice === 'on'
      if (!kept && !options.yes) ensureNothingEnds(client.keeping.get(chat), place, peer)
      await client.keeping.set(chat, { [place]: kept })
    }
    const kept = client.keeping.get(chat)
    const title = summary.type === 'group' ? { name: summary.name } : { handle: peer.handle }
    await output.show({ chat, ...title, ...keptFields(kept) }, keptText(kept, peer, words))
    return exitCode.done
  })
}

/** @throws Failure where something is kept now that would not be */
function ensureNothingEnds(
  { device, ownServer }: Kept,
  place: 'server' | 'device',
  peer: Pick<Person, 'handle' | 'name'>,
): void {
  const isGroup = peer.handle === ''
  if (place === 'device' && device)
    throw wrongUse(isGroup ? 'erases_group_here' : 'erases_here', personText(peer))
  if (place === 'server' && ownServer)
    throw wrongUse(isGroup ? 'erases_group_on_server' : 'erases_on_server', personText(peer))
}
