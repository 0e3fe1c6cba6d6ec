/** Asks somebody for a private chat; goes there where it is open. */
import type { App } from '../state/app.ts'

export async function askForChat(app: App, handle: string): Promise<boolean> {
  const { start } = app.speech.words.peek().chats
  return app.attempt(async () => {
    const { status, chat } = await app.client.requests.ask(handle)
    await Promise.all([app.chats.refresh(), app.chats.refreshRequests()])
    if (chat !== undefined && app.chats.find(chat)) return app.goToChat(chat, 'private')
    app.tell(start[status](handle))
    app.go({ area: 'private' })
  })
}
