/** A chat in the list: its name, its last message, and what calls for attention. */
import type { ChatSummary } from '@veche/client'
import type { JSX } from 'preact'
import { formatPlace } from '../state/place.ts'
import { excerpt, nameText } from '../state/shown-text.ts'
import { exactTime, shortTime } from '../words/language.ts'
import type { Words } from '../words/words.ts'
import { useApp, useLanguage, useWords } from './context.ts'
import { Icon } from './icon.tsx'
import { Avatar, nameOf } from './person-name.tsx'

export function ChatRow({
  chat,
  area,
  isHere,
}: {
  readonly chat: ChatSummary
  readonly area: 'groups' | 'private'
  readonly isHere: boolean
}): JSX.Element {
  const { go } = useApp()
  const words = useWords()
  const language = useLanguage()
  const title = titleOf(chat, words)
  const { last } = chat
  return (
    <a
      class="chat-row"
      href={formatPlace({ area, item: chat.chat })}
      aria-current={isHere ? 'true' : undefined}
      onClick={(event) => {
        event.preventDefault()
        go({ area, item: chat.chat })
      }}
    >
      <Avatar
        id={chat.type === 'private' ? chat.with.account : chat.chat}
        name={title}
        isGroup={chat.type === 'group'}
      />
      <span class="row-body">
        <span class="row-top">
          <bdi class="row-name">{title}</bdi>
          {last && (
            <time class="row-time" title={exactTime(language, last.at)}>
              {shortTime(language, last.at, Date.now())}
            </time>
          )}
        </span>
        <span class="row-bottom">
          {chat.draft !== undefined && !isHere ? <DraftLine text={chat.draft} /> : <LastLine chat={chat} />}
          <RowMarks chat={chat} />
        </span>
      </span>
    </a>
  )
}

export function titleOf(chat: ChatSummary, { chats }: Words): string {
  return chat.type === 'private' ? nameOf(chat.with) : nameText(chat.name) || chats.nameless
}

function DraftLine({ text }: { readonly text: string }): JSX.Element {
  const { chats } = useWords()
  return (
    <span class="row-last">
      <span class="row-draft">{chats.draft}: </span>
      <bdi>{excerpt(text)}</bdi>
    </span>
  )
}

function LastLine({ chat }: { readonly chat: ChatSummary }): JSX.Element {
  const { session } = useApp()
  const { chats } = useWords()
  const { last } = chat
  if (last === undefined) return <span class="row-last">{chats.nothingYet}</span>
  const now = session.session.value
  const isOwn = now.kind === 'ready' && last.from.account === now.account.account
  const who = isOwn ? chats.you : chat.type === 'group' ? nameOf(last.from) : undefined
  return (
    <span class="row-last">
      {who && <bdi class="row-who">{who}: </bdi>}
      <bdi>{excerpt(last.text)}</bdi>
    </span>
  )
}

function RowMarks({ chat }: { readonly chat: ChatSummary }): JSX.Element {
  const words = useWords()
  const { unread, mentioned, muted, pinned, notSent } = chat
  return (
    <span class="row-marks">
      {notSent > 0 && <Icon name="warning" label={words.chats.states['not-sent']} />}
      {pinned && <Icon name="pinned" label={words.chats.pinned} />}
      {muted && <Icon name="muted" label={words.chats.muted} />}
      {mentioned > 0 && <Icon name="named" label={words.chats.mentionsYou} />}
      {unread > 0 && (
        <span class={muted ? 'mark mark-muted' : 'mark'}>
          <span aria-hidden="true">{unread > 99 ? '99+' : unread}</span>
          <span class="only-read">{words.unread(unread)}</span>
        </span>
      )}
    </span>
  )
}
