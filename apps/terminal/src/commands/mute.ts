/** Mutes a chat on all devices of the account, or does so no more (M20). */
import { catchUp } from '../catch-up.ts'
import { chatTitle, titledChat } from '../chat-title.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { durationOption } from '../given-values.ts'
import { settingFields } from '../mark-view.ts'
import { passOn } from '../pass-on.ts'
import { withAccount } from '../profile.ts'
import { calendarDay, timeOfDay } from '../words/language.ts'

interface MuteOptions {
  readonly for?: string
  readonly off?: true
}

const maxMs = 3650 * 86_400_000

export async function run(context: Context, which: string, options: MuteOptions): Promise<ExitCode> {
  const { language, output, words } = context
  const durationMs = durationOption(options.for, maxMs)
  if (durationMs !== undefined && options.off) throw wrongUse('invalid_value', '--off')
  return withAccount(context, async ({ client }) => {
    await catchUp(client, context)
    const { chat } = titledChat(client, which)
    const until = durationMs === undefined ? 'for-good' : Date.now() + durationMs
    await client.marks.mute(chat, options.off ? 'off' : until)
    await passOn(client, context)
    const summary = titledChat(client, chat)
    const { muted, mutedUntil } = summary
    const title = chatTitle(summary)
    const { marks } = words.says
    const end = new Date(mutedUntil ?? 0)
    const timed = marks.mutedUntil(title, `${calendarDay(language, end)} ${timeOfDay(language, end)}`)
    const text = mutedUntil === undefined ? marks.muted(title) : timed
    await output.show({ chat, ...settingFields(summary) }, muted ? text : marks.notMuted(title))
    return exitCode.done
  })
}
