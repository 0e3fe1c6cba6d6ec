/** The messages of a chat: the window of them that is on hand, held still while it changes. */
import type { ChatSummary, ReadyAccount } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { OpenChat } from '../state/open-chat.ts'
import { useAnchor } from './anchored.ts'
import { titleOf } from './chat-row.tsx'
import { useApp, useLanguage, useWords } from './context.ts'
import { Busy, Button, Empty } from './controls.tsx'
import { RowView } from './message-row-view.tsx'
import { rowsOf } from './message-rows.ts'

interface MessageListProps {
  readonly open: OpenChat
  readonly chat: ChatSummary
  readonly account: ReadyAccount
}

export function MessageList({ open, chat, account }: MessageListProps): JSX.Element {
  const { fail } = useApp()
  const words = useWords()
  const language = useLanguage()
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  const conversation = open.conversation.value
  const { messages, hasOlder, hasNewer, fetching, found } = conversation
  const anchor = useAnchor(scroller, list, {
    onEnd: (isThere) => {
      open.isAtEnd = isThere
      setAtEnd(isThere)
    },
    onNear: (edge) => {
      if (messages.length > 0) (edge === 'start' ? open.older() : open.newer()).catch(fail)
    },
  })
  useSeen(open, isAtEnd && !hasNewer)
  useEffect(() => void open.readQuoted().catch(fail), [messages])
  useEffect(() => {
    const row = found && list.current?.querySelector(`[data-id="${found}"]`)
    if (!row) return
    anchor.show(row)
    const forgotten = setTimeout(() => open.forgetFound(), 2500)
    return () => clearTimeout(forgotten)
  }, [found])
  const rows = rowsOf(conversation, chat, { language, words, account: account.account })
  return (
    <div class="messages-frame">
      <section
        ref={scroller}
        class="messages"
        role="log"
        aria-label={words.chats.messages}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        tabIndex={0}
        onScroll={anchor.onScroll}
        onKeyDown={(event) => moveBetween(event, list.current)}
      >
        <div class="messages-top">
          <TopLine chat={chat} isFetching={fetching === 'older'} hasOlder={hasOlder} />
        </div>
        <ol ref={list} class="rows">
          {rows.map((row) => (
            <RowView key={row.key} row={row} open={open} chat={chat} account={account} />
          ))}
        </ol>
        {messages.length === 0 && fetching === undefined && (
          <Empty>
            <p>
              {(chat.type === 'group' ? words.chats.emptyGroup : words.chats.emptyPrivate)(
                titleOf(chat, words),
              )}
            </p>
          </Empty>
        )}
      </section>
      {(!isAtEnd || hasNewer) && (
        <div class="to-end">
          <Button icon="down" onClick={() => (hasNewer ? open.toEnd().catch(fail) : anchor.toEnd())}>
            {chat.unread > 0 ? words.chats.below(chat.unread) : words.chats.toEnd}
          </Button>
        </div>
      )}
    </div>
  )
}

function TopLine({
  chat,
  isFetching,
  hasOlder,
}: {
  readonly chat: ChatSummary
  readonly isFetching: boolean
  readonly hasOlder: boolean
}): JSX.Element | null {
  const { chats } = useWords()
  const { archive } = chat
  if (archive && !archive.done) return <p class="day">{chats.archive(archive.read, archive.total)}</p>
  return isFetching && hasOlder ? <Busy>{chats.earlier}</Busy> : null
}

/** What somebody has before their eyes to its end is read. */
function useSeen(open: OpenChat, isAtEnd: boolean): void {
  const { messages } = open.conversation.value
  useEffect(() => {
    const look = () => {
      if (isAtEnd && document.visibilityState === 'visible' && document.hasFocus()) open.seen()
    }
    look()
    addEventListener('focus', look)
    document.addEventListener('visibilitychange', look)
    return () => {
      removeEventListener('focus', look)
      document.removeEventListener('visibilitychange', look)
    }
  }, [open, isAtEnd, messages])
}

/** Up and down between messages; what can be done with one stands in it. */
function moveBetween(event: KeyboardEvent, list: HTMLOListElement | null): void {
  if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
  const rows = [...(list?.querySelectorAll<HTMLElement>('[data-id]') ?? [])]
  const at = rows.findIndex((row) => row.contains(document.activeElement))
  const next = at === -1 ? rows.at(-1) : rows[at + (event.key === 'ArrowUp' ? -1 : 1)]
  if (next === undefined) return
  event.preventDefault()
  next.focus()
  next.scrollIntoView({ block: 'nearest' })
}
