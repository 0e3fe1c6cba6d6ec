/** The places side by side: on a phone one at a time, on wider windows the list beside what is open. */
import type { ReadyAccount } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { reasonText } from '../state/failure.ts'
import type { Place } from '../state/place.ts'
import { ChatList } from './chat-list.tsx'
import { ChatPane } from './chat-pane.tsx'
import { useApp, useWords } from './context.ts'
import { enterByInvite } from './enter-by-invite.ts'
import { lazy } from './lazy.tsx'
import { Places } from './places.tsx'
import { RequestPane } from './request-pane.tsx'
import { SearchPlace } from './search-place.tsx'

const You = lazy(async () => (await import('./you.tsx')).You)
const NewGroup = lazy(async () => (await import('./new-group.tsx')).NewGroup)
const NewChat = lazy(async () => (await import('./new-chat.tsx')).NewChat)
const InviteAsked = lazy(async () => (await import('./invite-asked.tsx')).InviteAsked)
const SheetOffer = lazy(async () => (await import('./recovery-sheet.tsx')).SheetOffer)

export function Home({ account }: { readonly account: ReadyAccount }): JSX.Element {
  const app = useApp()
  const words = useWords()
  const place = app.place.value
  const invite = app.invite.value
  useEffect(() => {
    if (invite === undefined) return
    // A registration code alone has served.
    if (invite.link === undefined) app.invite.value = undefined
    else if (invite.isWanted) void enterByInvite(app, invite.link)
  }, [invite])
  useEffect(() => {
    document.title = titleOf(app.chats.unread.value, words.title)
  }, [app.chats.unread.value, words])
  return (
    <div
      class="home"
      data-account="ready"
      data-area={place.area}
      data-inside={place.item === undefined ? 'no' : 'yes'}
    >
      <button type="button" class="skip" onClick={() => document.getElementById('inside')?.focus()}>
        {words.skip}
      </button>
      <Places />
      <main class="frame">
        <Side />
        <div id="inside" class="inside" tabIndex={-1}>
          <h1 class="only-read">{words.title}</h1>
          <Ended />
          <Inside place={place} account={account} />
        </div>
      </main>
      {invite?.link !== undefined && !invite.isWanted && <InviteAsked link={invite.link} />}
      {app.isSheetOffered.value && <SheetOffer />}
    </div>
  )
}

function Side(): JSX.Element | null {
  const { place } = useApp()
  const { area } = place.value
  switch (area) {
    case 'groups':
    case 'private':
      return <ChatList area={area} />
    case 'search':
      return <SearchPlace />
    case 'you':
      return null
    default:
      return area satisfies never
  }
}

function Inside({ place, account }: { readonly place: Place; readonly account: ReadyAccount }): JSX.Element {
  const { open } = useApp()
  const words = useWords()
  const { area, item } = place
  if (area === 'you') return <You account={account} page={item} />
  if (item === 'new') return area === 'groups' ? <NewGroup /> : <NewChat />
  if (item?.startsWith('request-')) return <RequestPane id={item.slice('request-'.length)} />
  const opened = open.value
  if (opened !== undefined) return <ChatPane key={opened.chat} open={opened} account={account} />
  return (
    <div class="nothing-open">
      <p>{words.choose}</p>
    </div>
  )
}

/** The server does not accept this device any more. */
function Ended(): JSX.Element | null {
  const { session } = useApp()
  const { reasons } = useWords()
  const reason = session.ended.value
  return reason === undefined ? null : (
    <p class="banner banner-warning" role="alert">
      {reasonText(reason, reasons)}
    </p>
  )
}

function titleOf(
  unread: { groups: { messages: number; requests: number }; private: { messages: number; requests: number } },
  title: string,
): string {
  const count =
    unread.groups.messages + unread.private.messages + unread.groups.requests + unread.private.requests
  return count > 0 ? `(${count}) ${title}` : title
}
