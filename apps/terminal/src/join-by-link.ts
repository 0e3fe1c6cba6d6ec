/** Joins a group by an invite link (M13), and shows which; or says that one has asked to be let in. */
import type { Client } from '@veche/client'
import type { Context } from './context.ts'
import { type ExitCode, exitCode } from './exit-code.ts'
import { groupName } from './group-view.ts'

export async function joinByLink(
  { output, words }: Context,
  client: Client,
  link: string,
): Promise<ExitCode> {
  const { chat, status, request = null } = await client.join(link)
  const group = client.chats().find((one) => one.chat === chat)
  const name = group?.type === 'group' ? group.name : ''
  const joined = status === 'joined'
  const history = group?.archive !== undefined
  const { entered, enteredWithHistory, askedToJoin } = words.says.group
  const told = joined ? entered(groupName({ chat, name })) : askedToJoin[status]
  const text = [told, ...(history ? [enteredWithHistory] : [])]
  await output.show({ chat, name, joined, status, request, history }, text)
  return status === 'refused' ? exitCode.refused : exitCode.done
}
