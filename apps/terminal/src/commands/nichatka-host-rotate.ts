/** Gives a system that uses Nichatka another key, and shows what its server needs, this once. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { hostFields, newHost, secretText } from '../nichatka-host.ts'
import { withHosts } from '../operator.ts'

export async function run(
  context: Context,
  name: string,
  { publicKey }: { readonly publicKey?: string },
): Promise<ExitCode> {
  const { output, words } = context
  return withHosts(context, async (hosts) => {
    const { host, secret } = newHost(await hosts.rotate(name, publicKey), name)
    const told = words.says.nichatka.rotated(host.name)
    await output.show({ ...hostFields(host), key: secret ?? null }, secretText(words, told, host, secret))
    return exitCode.done
  })
}
