/** Makes an invite link (M24). It is shown this once: the server keeps only its hash. */
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { countOption, durationOption } from '../given-values.ts'
import { withAccount } from '../profile.ts'
import { calendarDay, timeOfDay } from '../words/language.ts'

const maxUses = 10_000
const maxLifetimeMs = 365 * 86_400_000

interface InviteOptions {
  readonly uses?: string
  readonly expires?: string
}

export async function run(context: Context, options: InviteOptions): Promise<ExitCode> {
  const { language, output, words } = context
  const { labels, says } = words
  const uses = countOption(options.uses, maxUses) ?? 1
  const lifetimeMs = durationOption(options.expires, maxLifetimeMs)
  return withAccount(context, async ({ client: { administration } }) => {
    const { code, link, expiresAt } = await administration.createInvite({
      uses,
      ...(lifetimeMs && { lifetimeMs }),
    })
    const until = new Date(expiresAt)
    const rows = [
      [labels.link, link],
      [labels.code, code],
      [labels.expires, `${calendarDay(language, until)}, ${timeOfDay(language, until)}; ${says.uses(uses)}`],
    ]
    await output.show({ code, link, expires: until.toISOString(), uses }, columns(rows, 2))
    return exitCode.done
  })
}
