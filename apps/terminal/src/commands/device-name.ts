/** Gives a device of the account a name that stays on this one: the server has none. */
import type { Context } from '../context.ts'
import { deviceText, findDevice } from '../device-view.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, which: string, name: string): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client: { devices } }) => {
    const { device } = await findDevice(devices, which)
    const given = await devices.setName(device, name)
    await output.show(
      { device, name: given === '' ? null : given },
      words.says.devices.named(deviceText({ device, name: given })),
    )
    return exitCode.done
  })
}
