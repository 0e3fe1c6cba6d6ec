/** Ends another device of the account, for who knows the password: a thief of one device cannot end the others. */
import type { Context } from '../context.ts'
import { deviceText, findDevice } from '../device-view.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { Failure, wrongUse } from '../failure.ts'
import { absolutePaths } from '../given-values.ts'
import { type PasswordOptions, readPassword } from '../password.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context, which: string, options: PasswordOptions): Promise<ExitCode> {
  const { hosted, output, terminal, words } = context
  const argv = absolutePaths(context.argv, ['--password-file'])
  return withAccount({ ...context, argv }, async ({ client: { devices } }) => {
    // The process that has the profile cannot ask in this terminal.
    if (hosted && options.passwordFile === undefined) throw new Failure('profile_in_use', exitCode.profile)
    const found = await findDevice(devices, which)
    if (found.current) throw wrongUse('own_device')
    const password = await readPassword(options, false, terminal, words)
    await devices.remove({ devices: [found.device], password })
    await output.show({ device: found.device, removed: true }, words.says.devices.removed(deviceText(found)))
    return exitCode.done
  })
}
