/** All that the views read and do, wired together once. */
import { effect, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { ChatSummary } from '@veche/client'
import type { CoreEvent, RemoteClient } from '../core/remote-client.ts'
import { type Asking, createAsking } from './asking.ts'
import { type ChatsStore, createChats } from './chats.ts'
import { failureText, isAborted } from './failure.ts'
import { createInvite, type OpenedInvite } from './invite.ts'
import { OpenChat } from './open-chat.ts'
import { createRouter, type Place, type Router } from './place.ts'
import { createSession, type SessionStore } from './session.ts'
import { createSpeech, type Speech } from './speech.ts'
import { createTelling, type Telling } from './telling.ts'
import { createTheme, type ThemeChoice } from './theme.ts'

export interface App extends Omit<Router, 'place'>, Pick<Asking, 'ask'>, Pick<Telling, 'tell'> {
  readonly client: RemoteClient
  readonly place: ReadonlySignal<Place>
  readonly speech: Speech
  readonly theme: ThemeChoice
  readonly session: SessionStore
  readonly chats: ChatsStore
  readonly asking: Asking
  readonly telling: Telling
  /** The chat that is on show. */
  readonly open: ReadonlySignal<OpenChat | undefined>
  /** The link by which the page was opened, until it was used. */
  readonly invite: Signal<OpenedInvite | undefined>
  /** Takes the newer release that is here and waits, in all tabs at once; undefined while there is none. */
  readonly takeRelease: Signal<(() => void) | undefined>
  /** Whether the recovery sheet is to be offered now. */
  readonly isSheetOffered: Signal<boolean>
  /** What is read to who hears the page, one thing at a time. */
  readonly spoken: Signal<string>
  /** Says what went wrong. */
  fail(error: unknown): void
  /** Does it, and says what went wrong. @returns whether it was done */
  attempt(act: () => Promise<unknown>): Promise<boolean>
  /** Every event of the core, for what is on show. @returns ends it */
  listen(listener: (event: CoreEvent) => void): () => void
  goToChat(chat: ChatSummary['chat'], type: ChatSummary['type']): void
}

export function createApp(client: RemoteClient, window: Window): App {
  const invite = createInvite(window)
  const router = createRouter(window)
  const speech = createSpeech(window.localStorage, window.navigator.languages)
  const telling = createTelling()
  const asking = createAsking()
  const isSheetOffered = signal(false)
  const takeRelease: App['takeRelease'] = signal(undefined)
  const open: Signal<OpenChat | undefined> = signal(undefined)
  const listeners = new Set<(event: CoreEvent) => void>()
  const fail = (error: unknown) => {
    if (!isAborted(error)) telling.fail(failureText(error, speech.words.peek()))
  }
  const session = createSession(client)
  const chats = createChats(client, () => undefined) // it comes again with the next event, or the connection
  const app: App = {
    ...router,
    client,
    speech,
    theme: createTheme(window.localStorage),
    session,
    chats,
    asking,
    telling,
    open,
    invite,
    takeRelease,
    isSheetOffered,
    spoken: signal(''),
    ask: asking.ask,
    tell: telling.tell,
    fail,
    async attempt(act) {
      try {
        await act()
        return true
      } catch (error) {
        fail(error)
        return false
      }
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    goToChat: (chat, type) => router.go({ area: type === 'group' ? 'groups' : 'private', item: chat }),
  }
  client.events((event) => {
    session.hear(event)
    chats.hear(event)
    open.peek()?.hear(event)
    tellNotice(app, event)
    if (event.type === 'release') takeRelease.value = event.take
    for (const listener of listeners) listener(event)
  })
  followSession(app)
  followPlace(app, open)
  return app
}

/** What an account has is read once there is one. */
function followSession({ session, chats }: App): void {
  let read: string | undefined
  effect(() => {
    const now = session.session.value
    const account = now.kind === 'ready' ? now.account.account : undefined
    if (account === read) return
    read = account
    if (account === undefined) return
    chats.refresh().catch(() => undefined)
    chats.refreshRequests().catch(() => undefined)
  })
}

/** The chat that the address names is on show. */
function followPlace(app: App, open: Signal<OpenChat | undefined>): void {
  const { client, place, chats, session, isSheetOffered } = app
  let wasOffered = false // once in each visit
  effect(() => {
    const { item } = place.value
    const chat = item === undefined ? undefined : chats.all.value?.find((each) => each.chat === item)
    const before = open.peek()
    if (before?.chat === chat?.chat) return
    before?.close()
    open.value = undefined
    if (chat === undefined) return
    const opened = new OpenChat({
      client,
      chat,
      current: () => chats.find(chat.chat) ?? chat,
      onError: app.fail,
      onSent: () => {
        if (!wasOffered && session.isSheetDue.peek()) isSheetOffered.value = true
        wasOffered = true
      },
    })
    open.value = opened
    opened.refresh().catch(app.fail)
  })
}

function tellNotice({ speech, telling, open }: App, event: CoreEvent): void {
  if (event.type !== 'notice') return
  const isElsewhere = event.chat !== undefined && event.chat !== open.peek()?.chat
  if (isElsewhere && !SERIOUS.has(event.notice)) return
  const { notices } = speech.words.peek()
  const text = Object.hasOwn(notices, event.notice) ? notices[event.notice] : undefined
  if (text !== undefined) telling.fail(text)
}

/** Told wherever the user is. */
const SERIOUS: ReadonlySet<string> = new Set([
  'fork',
  'archive-altered',
  'foreign-keys',
  'server-behind',
  'begun-anew',
  'parted',
  'clock-differs',
])
