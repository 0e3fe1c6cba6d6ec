/** Shows or sets what others see of the account: how far it has read, and that it is writing (M20). */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { wrongUse } from '../failure.ts'
import { choiceArgument } from '../given-values.ts'
import { withAccount } from '../profile.ts'

export async function run(
  context: Context,
  what: string | undefined,
  wanted: string | undefined,
): Promise<ExitCode> {
  const { output, words } = context
  const which = choiceArgument(what, ['read', 'typing'])
  const choice = choiceArgument(wanted, ['on', 'off'])
  if (which !== undefined && choice === undefined) throw wrongUse('missing_argument', 'on|off')
  return withAccount(context, async ({ client: { marks } }) => {
    const change = which === 'read' ? { readMarks: choice === 'on' } : { typing: choice === 'on' }
    const { readMarks, typing } = which === undefined ? marks.switches : await marks.setSwitches(change)
    const { says } = words
    const texts = [says.marks.readMarks[onOff(readMarks)], says.marks.typing[onOff(typing)]]
    await output.show({ read: readMarks, typing }, texts.join('\n'))
    return exitCode.done
  })
}

function onOff(isOn: boolean): 'on' | 'off' {
  return isOn ? 'on' : 'off'
}
