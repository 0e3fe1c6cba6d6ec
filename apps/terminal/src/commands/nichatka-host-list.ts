/** Lists the systems that use Nichatka. Their keys stay in the file. */
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { hostFields } from '../nichatka-host.ts'
import { withHosts } from '../operator.ts'

export async function run(context: Context): Promise<ExitCode> {
  const { output, words } = context
  const { kinds, getChanges, noHosts } = words.says.nichatka
  return withHosts(context, async (hosts) => {
    const list = await hosts.list()
    const rows = list.map(({ name, key, allowsGetChanges, origins }) => [
      name,
      kinds[key.kind],
      allowsGetChanges ? getChanges.on : getChanges.off,
      origins.join(' '),
    ])
    await output.showList(list.map(hostFields), list.length === 0 ? noHosts : columns(rows))
    return exitCode.done
  })
}
