/** Into the group of the link by which the page was opened, once there is an account. */
import type { App } from '../state/app.ts'
import { nameText } from '../state/shown-text.ts'

export async function enterByInvite(app: App): Promise<void> {
  const link = app.invite.peek()?.link
  app.invite.value = undefined
  if (link !== undefined) await joinByLink(app, link)
}

/** Joins, and goes there. @returns whether it has led in */
export async function joinByLink(app: App, link: string): Promise<boolean> {
  const { client, chats, speech } = app
  const words = speech.words.peek()
  app.tell(words.entrance.busy.joining)
  return app.attempt(async () => {
    const { status, chat } = await client.join(link)
    if (status !== 'joined') return app.tell(words.entrance.joined[status])
    await chats.refresh()
    app.goToChat(chat, 'group')
    const joined = chats.find(chat)
    if (joined?.type === 'group') app.tell(nameText(joined.name) || words.chats.nameless)
  })
}
