/** Lists whom the account blocks (M19). */
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'

export function run(context: Context): Promise<ExitCode> {
  const { output, words } = context
  return withAccount(context, async ({ client }) => {
    const blocked = await client.people.blocked()
    const list = blocked.map(({ account, handle, name }) => {
      return { account: account ?? null, handle, name: name ?? null }
    })
    const rows = blocked.map(({ handle, name = '' }) => [`@${oneLine(handle)}`, oneLine(name)])
    await output.showList(list, rows.length === 0 ? words.says.nobodyBlocked : columns(rows))
    return exitCode.done
  })
}
