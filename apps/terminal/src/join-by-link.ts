/** Joins a group by an invite link (M13), and shows which. */
import type { Client } from '@veche/client'
import type { Context } from './context.ts'
import { groupName } from './group-view.ts'

export async function joinByLink({ output, words }: Context, client: Client, link: string): Promise<void> {
  const { chat } = await client.join(link)
  const group = client.chats().find((one) => one.chat === chat)
  const name = group?.type === 'group' ? group.name : ''
  const history = group?.archive !== undefined
  const text = [
    words.says.group.entered(groupName({ chat, name })),
    ...(history ? [words.says.group.enteredWithHistory] : []),
  ]
  await output.show({ chat, name, joined: true, history }, text)
}
