/** Into the group of the link by which the page was opened, once there is an account. */
import type { App } from '../state/app.ts'
import { nameText } from '../state/shown-text.ts'

/** The link is kept until the core has it: what it has begun it goes on with by itself. */
export async function enterByInvite(app: App, link: string): Promise<void> {
  await joinByLink(app, link)
  app.invite.value = undefined
}

/** Joins, and goes there. @returns whether it has led in */
export async function joinByLink(app: App, link: string): Promise<boolean> {
  const { client, chats, speech } = app
  const words = speech.words.peek()
  app.tell(words.entrance.busy.joining)
  return app.attempt(async () => {
    const { status, chat } = await client.join(link)
    if (status !== 'joined') {
      await chats.refreshRequests()
      app.go({ area: 'groups' })
      return app.tell(words.entrance.joined[status])
    }
    await chats.refresh()
    app.goToChat(chat, 'group')
    const joined = chats.find(chat)
    if (joined?.type === 'group') app.tell(nameText(joined.name) || words.chats.nameless)
  })
}
