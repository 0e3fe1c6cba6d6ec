/** Lets a system use Nichatka: makes its key, and shows what its server needs, this once. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { hostFields, newHost, secretText } from '../nichatka-host.ts'
import { withHosts } from '../operator.ts'

interface AddOptions {
  readonly origin: readonly string[]
  readonly publicKey?: string
  readonly getChanges: boolean
}

export async function run(context: Context, name: string, options: AddOptions): Promise<ExitCode> {
  const { output, words } = context
  const { origin: origins, getChanges: allowsGetChanges, publicKey } = options
  return withHosts(context, async (hosts) => {
    const { host, secret } = newHost(
      await hosts.add({ name, origins, allowsGetChanges, ...(publicKey !== undefined && { publicKey }) }),
      name,
    )
    const told = words.says.nichatka.added(host.name, hosts.file)
    await output.show({ ...hostFields(host), key: secret ?? null }, secretText(words, told, host, secret))
    return exitCode.done
  })
}
