/** Lists the account's devices, by days: no finer time is kept of them. Names are this device's own. */
import type { DeviceView } from '@veche/client'
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { shortId } from '../device-view.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'
import { calendarDay } from '../words/language.ts'

const dayMs = 86_400_000

export function run(context: Context): Promise<ExitCode> {
  const { output } = context
  return withAccount(context, async ({ client, account: { account, handle } }) => {
    const devices = await client.devices.list()
    const list = devices.map(({ device, current, enrolledDay, seenDay, name, certified }) => ({
      account,
      handle,
      device,
      name: name === '' ? null : name,
      current,
      certified,
      enrolled: isoDay(enrolledDay),
      seen: isoDay(seenDay),
    }))
    await output.showList(list, columns(devices.map((device) => rowOf(context, device))))
    for (const news of client.devices.news()) await client.devices.told(news)
    return exitCode.done
  })
}

function rowOf({ language, words }: Context, { device, name, certified, ...more }: DeviceView): string[] {
  const { enrolledOn, seenOn, notCertified } = words.says.devices
  const seen = more.current ? words.labels.thisDevice : seenOn(calendarDay(language, dateOf(more.seenDay)))
  return [
    shortId(device),
    oneLine(name),
    enrolledOn(calendarDay(language, dateOf(more.enrolledDay))),
    certified ? seen : notCertified,
  ]
}

function isoDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10)
}

/** Noon, so that it is the same day in nearly all time zones. */
function dateOf(day: number): Date {
  return new Date(day * dayMs + dayMs / 2)
}
