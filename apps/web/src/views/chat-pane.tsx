/** One chat: its header with what is kept where, its messages, who writes, and where one writes. */
import type { ChatSummary, ReadyAccount } from '@veche/client'
import type { JSX } from 'preact'
import type { OpenChat } from '../state/open-chat.ts'
import { titleOf } from './chat-row.tsx'
import { Composer } from './composer.tsx'
import { useApp, useWords } from './context.ts'
import { IconButton } from './controls.tsx'
import { KeptMarks } from './kept-marks.tsx'
import { lazy } from './lazy.tsx'
import { MessageList } from './message-list.tsx'
import { nameOf } from './person-name.tsx'
import { Say } from './spoken.tsx'

const GroupAbout = lazy(async () => (await import('./group-about.tsx')).GroupAbout)
const PersonAbout = lazy(async () => (await import('./person-about.tsx')).PersonAbout)

export function ChatPane({
  open,
  account,
}: {
  readonly open: OpenChat
  readonly account: ReadyAccount
}): JSX.Element | null {
  const { chats, place } = useApp()
  const chat = chats.find(open.chat)
  if (chat === undefined) return null
  const isAbout = place.value.beside === 'about'
  return (
    <div class="chat" data-about={isAbout ? 'yes' : 'no'}>
      <div class="pane chat-main">
        <ChatHead chat={chat} />
        <Banner chat={chat} />
        <MessageList open={open} chat={chat} account={account} />
        <Typing open={open} />
        <Foot open={open} chat={chat} account={account} />
      </div>
      {isAbout && chat.type === 'group' && <GroupAbout chat={chat} account={account} />}
      {isAbout && chat.type === 'private' && <PersonAbout chat={chat} />}
    </div>
  )
}

function ChatHead({ chat }: { readonly chat: ChatSummary }): JSX.Element {
  const { up, go, place } = useApp()
  const words = useWords()
  const { area, beside } = place.value
  const here = { area, item: chat.chat }
  const other = beside === undefined ? { ...here, beside: 'about' as const } : here
  return (
    <header class="pane-head chat-head">
      <IconButton icon="back" label={words.back} class="icon-button back" onClick={up} />
      <div class="chat-title">
        <h2>
          <bdi>{titleOf(chat, words)}</bdi>
        </h2>
        <p class="quiet">
          {chat.type === 'group' ? words.chats.people(chat.people) : `@${chat.with.handle}`}
        </p>
      </div>
      <KeptMarks chat={chat} />
      <IconButton
        icon="about"
        label={words.chats.details}
        aria-expanded={beside === 'about'}
        onClick={() => go(other)}
      />
    </header>
  )
}

/** What keeps the chat from going on, in one sentence with one action. */
function Banner({ chat }: { readonly chat: ChatSummary }): JSX.Element | null {
  const { go } = useApp()
  const { chats } = useWords()
  const isOther = chat.state === 'changed-binding' || (chat.type === 'private' && chat.binding !== 'bound')
  if (isOther && chat.type === 'private') {
    return (
      <div class="banner banner-warning">
        <Say text={chats.binding.told} />
        <p>{chats.binding.told}</p>
        <button
          type="button"
          class="button"
          onClick={() => go({ area: 'private', item: chat.chat, beside: 'about' })}
        >
          {chats.binding.see}
        </button>
      </div>
    )
  }
  return chat.state === 'open' ? null : (
    <p class="banner">
      {chats.whyClosed[chat.state]}
      <Say text={chats.whyClosed[chat.state]} />
    </p>
  )
}

/** Its height stays, so that nothing jumps. */
function Typing({ open }: { readonly open: OpenChat }): JSX.Element {
  const { chats } = useWords()
  const [first, ...others] = open.typing.value
  return (
    <p class="typing" aria-live="polite">
      {first !== undefined && chats.isTyping(nameOf(first), others.length)}
    </p>
  )
}

function Foot({
  open,
  chat,
  account,
}: {
  readonly open: OpenChat
  readonly chat: ChatSummary
  readonly account: ReadyAccount
}): JSX.Element | null {
  const { chats } = useWords()
  if (chat.state === 'removed') return null
  if (chat.type === 'group' && !chat.canWrite) {
    return (
      <p class="banner">
        {chats.whyClosed.reader}
        <Say text={chats.whyClosed.reader} />
      </p>
    )
  }
  return <Composer key={open.chat} open={open} chat={chat} account={account} />
}
