/** Searches for people who wish to be found (M12, M21). */
import { columns } from '../columns.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { countOption } from '../given-values.ts'
import { oneLine } from '../plain-text.ts'
import { withAccount } from '../profile.ts'

const maxLimit = 20

interface FindOptions {
  readonly limit?: string
}

export async function run(context: Context, text: string, options: FindOptions): Promise<ExitCode> {
  const { output, words } = context
  const limit = countOption(options.limit, maxLimit) ?? maxLimit
  return withAccount(context, async ({ client }) => {
    const found = await client.people.find(text, { limit })
    const list = found.map(({ account, handle, name }) => ({ account, handle, name }))
    const rows = found.map(({ handle, name }) => [`@${oneLine(handle)}`, oneLine(name)])
    await output.showList(list, rows.length === 0 ? words.says.nobodyFound : columns(rows))
    return exitCode.done
  })
}
