/** Takes Nichatka from a system: its key is forgotten, what its users wrote stays in the database. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { refused, withHosts } from '../operator.ts'

export async function run(
  context: Context,
  name: string,
  { yes }: { readonly yes?: true },
): Promise<ExitCode> {
  const { output, words } = context
  return withHosts(context, async (hosts) => {
    if (!(await hosts.list()).some((host) => host.name === name)) throw refused('host_unknown', name)
    if (!yes && !(await isConfirmed(context, name))) throw wrongUse('removes_host', name)
    if ((await hosts.remove(name)) === 'host_unknown') throw refused('host_unknown', name)
    await output.show({ host: name, removed: true }, words.says.nichatka.removed(name))
    return exitCode.done
  })
}

async function isConfirmed({ terminal, words }: Context, name: string): Promise<boolean> {
  const answer = await terminal.ask?.(words.prompts.removeHost(name))
  return words.answers.yes.includes(answer?.trim().toLowerCase() ?? '')
}
