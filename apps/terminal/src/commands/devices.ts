/** Lists the account's devices, by days: no finer time is kept of them. */
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withAccount } from '../profile.ts'
import { calendarDay } from '../words/language.ts'

const dayMs = 86_400_000

export function run(context: Context): Promise<ExitCode> {
  const { language, output, words } = context
  return withAccount(context, async ({ client, account: { account, handle } }) => {
    const devices = await client.devices()
    const rows = devices.map(({ device, current, enrolledDay, seenDay }) => [
      device,
      words.says.enrolledOn(calendarDay(language, dateOf(enrolledDay))),
      current ? words.labels.thisDevice : words.says.seenOn(calendarDay(language, dateOf(seenDay))),
    ])
    const list = devices.map(({ device, current, enrolledDay, seenDay }) => ({
      account,
      handle,
      device,
      current,
      enrolled: isoDay(enrolledDay),
      seen: isoDay(seenDay),
    }))
    await output.showList(list, columns(rows))
    return exitCode.done
  })
}

function isoDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** Noon, so that it is the same day in nearly all time zones. */
function dateOf(day: number): Date {
  return new Date(day * dayMs + dayMs / 2)
}
