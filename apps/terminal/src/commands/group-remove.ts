import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { removeMember } from '../remove-member.ts'

export function run(context: Context, which: string, whom: string): Promise<ExitCode> {
  return removeMember(context, which, whom, { ban: false })
}
