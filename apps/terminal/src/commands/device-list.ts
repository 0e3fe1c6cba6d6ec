/** Lists the account's devices, by days: no finer time is kept of them. Names are this device's own. */
import type { DeviceView } from '@veche/client'
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { deviceStateText, noonOf, shortId } from '../device-view.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'
import { calendarDay } from '../words/language.ts'

export function run(context: Context): Promise<ExitCode> {
  const { output } = context
  return withAccount(context, async ({ client, account: { account, handle } }) => {
    const devices = await client.devices.list()
    const list = devices.map(({ device, current, enrolledDay, seenDay, name, certified, silent }) => ({
      account,
      handle,
      device,
      name: name === '' ? null : name,
      current,
      certified,
      silent,
      enrolled: isoDay(enrolledDay),
      seen: isoDay(seenDay),
    }))
    await output.showList(list, columns(devices.map((device) => rowOf(context, device))))
    for (const news of client.devices.news()) await client.devices.told(news)
    return exitCode.done
  })
}

function rowOf({ language, words }: Context, device: DeviceView): string[] {
  return [
    shortId(device.device),
    oneLine(device.name),
    words.says.devices.enrolledOn(calendarDay(language, noonOf(device.enrolledDay))),
    deviceStateText(device, words, language),
  ]
}

function isoDay(day: number): string {
  return noonOf(day).toISOString().slice(0, 10)
}
