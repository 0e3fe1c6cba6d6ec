/** Makes an invite link into a group (M13). It is shown this once: nobody but its holders knows it afterwards. */
import type { Context } from '../context.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { choiceArgument, countOption, durationOption } from '../given-values.ts'
import { withGroup } from '../group-member.ts'
import { groupName } from '../group-view.ts'
import { linkFields, linkTerms } from '../link-view.ts'
import { registrationCode } from '../registration-code.ts'
import { roleNames } from './group-role.ts'

const maxUses = 1000
const maxLifetimeMs = 90 * 86_400_000

interface InviteOptions {
  readonly uses?: string
  readonly expires?: string
  readonly history?: boolean
  readonly approve?: true
  readonly role?: string
  readonly register?: true
}

export function run(context: Context, which: string, options: InviteOptions): Promise<ExitCode> {
  const { output, words } = context
  const uses = countOption(options.uses, maxUses)
  const expiresMs = durationOption(options.expires, maxLifetimeMs)
  const { approve = false } = options
  const role = choiceArgument(options.role, roleNames)
  return withGroup(context, which, async (client, group) => {
    const { chat } = group
    const { history = false } = options
    const registration = options.register ? await registrationCode(client, { uses, expiresMs }) : undefined
    const lasts = { ...(uses !== undefined && { uses }), ...(expiresMs !== undefined && { expiresMs }) }
    const given = {
      ...lasts,
      ...(role !== undefined && { role }),
      history,
      approve,
      ...(registration && { registration }),
    }
    const { id, link } = await client.groups.invite(chat, given)
    const made = (await client.groups.invites(chat)).find((one) => one.id === id)
    const about = made && linkTerms(context, made)
    const notKept = history && !group.kept.server ? [words.says.group.historyNotKept] : []
    const { linkMade, approvingLinkMade } = words.says.group
    const told = approve ? approvingLinkMade : linkMade
    const takesNewcomers = registration ? [words.says.group.linkRegisters] : []
    const terms = [...(about ? [about] : []), ...takesNewcomers, ...notKept]
    const text = [{ qr: link }, told(groupName(group)), link, ...terms]
    const register = registration !== undefined
    await output.show({ chat, link, id, ...(made && linkFields(made)), register }, text)
    return exitCode.done
  })
}
