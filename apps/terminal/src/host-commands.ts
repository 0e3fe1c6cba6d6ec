/** Who stays with a profile runs the commands of other processes on it. */
import type { Context } from './context.ts'
import { type Host, hostVisitors, type RunCommand } from './handover/host.ts'
import type { Profile } from './held-profile.ts'
import { hostAddress } from './profile.ts'

/** Where there can be no socket, commands are not handed over: they wait, and say that the profile is busy. */
export async function hostCommands(context: Context, { client, seen }: Profile): Promise<Host | undefined> {
  const address = await hostAddress(context)
  if (address === undefined) return undefined
  const run: RunCommand = (argv, terminal, progress) =>
    context.run(argv, terminal, { client, seen, ...(progress && { progress }) })
  return hostVisitors(address, run).catch(() => undefined)
}
