/** One row of the list. It is drawn anew only when something of it has changed. */
import type { ChatSummary, ReadyAccount, ShownMessage } from '@veche/client'
import type { JSX } from 'preact'
import { reasonText } from '../state/failure.ts'
import type { OpenChat } from '../state/open-chat.ts'
import { excerpt } from '../state/shown-text.ts'
import { exactTime, timeOfDay } from '../words/language.ts'
import { useApp, useLanguage, useWords } from './context.ts'
import { Button, IconButton } from './controls.tsx'
import type { Row } from './message-rows.ts'
import { MessageState } from './message-state.tsx'
import { Avatar, nameOf, PersonName } from './person-name.tsx'
import { RichText } from './rich-text.tsx'

interface RowViewProps {
  readonly row: Row
  readonly open: OpenChat
  readonly chat: ChatSummary
  readonly account: ReadyAccount
}

export function RowView({ row, open, chat, account }: RowViewProps): JSX.Element {
  if (row.kind === 'line') {
    return (
      <li class={`line line-${row.look}`}>
        <span>{row.text}</span>
      </li>
    )
  }
  const { message, isFirst, isFound } = row
  const isNamed = chat.type === 'group' || isFirst
  const looks = [
    'message',
    isFirst && 'message-first',
    isFound && 'message-found',
    namesMe(message, account) && 'message-named',
  ]
  return (
    <li class={looks.filter(Boolean).join(' ')} data-id={message.id} tabIndex={-1}>
      <span class="message-side">
        {isFirst && <Avatar id={message.from.account} name={nameOf(message.from)} />}
      </span>
      <div class="message-body">
        {message.replyTo && <Quote id={message.replyTo} open={open} />}
        <RichText
          text={message.text}
          named={new Set(message.mentions?.map(({ handle }) => `@${handle}`))}
          before={isNamed && <PersonName person={message.from} />}
        />
        {message.state === 'not-sent' && <NotSent message={message} open={open} />}
      </div>
      <span class="message-end">
        <Time at={message.at} />
        {message.from.account === account.account && <MessageState message={message} open={open} />}
      </span>
      <MessageActs message={message} open={open} />
    </li>
  )
}

function namesMe({ mentions, from }: ShownMessage, { account }: ReadyAccount): boolean {
  return from.account !== account && (mentions ?? []).some((person) => person.account === account)
}

function Time({ at }: { readonly at: number }): JSX.Element {
  const language = useLanguage()
  return (
    <time dateTime={new Date(at).toISOString()} title={exactTime(language, at)}>
      {timeOfDay(language, at)}
    </time>
  )
}

/** What a message answers, in one line; a click goes there. */
function Quote({ id, open }: { readonly id: ShownMessage['id']; readonly open: OpenChat }): JSX.Element {
  const { fail } = useApp()
  const { chats } = useWords()
  const answered =
    open.conversation.value.messages.find((message) => message.id === id) ?? open.quoted.value.get(id)
  if (answered === undefined) return <p class="quote quiet">{chats.notHere}</p>
  return (
    <button
      type="button"
      class="quote"
      aria-label={chats.quoted(nameOf(answered.from))}
      onClick={() => open.jump(id).catch(fail)}
    >
      <PersonName person={answered.from} /> <bdi>{excerpt(answered.text, 90)}</bdi>
    </button>
  )
}

function NotSent({
  message,
  open,
}: {
  readonly message: ShownMessage
  readonly open: OpenChat
}): JSX.Element {
  const { attempt } = useApp()
  const { chats, reasons } = useWords()
  return (
    <div class="not-sent">
      <p>{reasonText(message.reason ?? '', reasons)}</p>
      <Button icon="resend" onClick={() => attempt(() => open.resend(message.id))}>
        {chats.sendAgain}
      </Button>
    </div>
  )
}

function MessageActs({
  message,
  open,
}: {
  readonly message: ShownMessage
  readonly open: OpenChat
}): JSX.Element {
  const { attempt, tell } = useApp()
  const words = useWords()
  const copy = () =>
    attempt(async () => {
      await navigator.clipboard.writeText(message.text)
      tell(words.copied)
    })
  return (
    <span class="message-acts">
      <IconButton icon="copy" label={words.chats.copyText} onClick={copy} />
      {message.seq !== undefined && (
        <IconButton
          icon="reply"
          label={words.chats.reply}
          onClick={() => {
            open.answering.value = message
            document.getElementById('composer')?.focus()
          }}
        />
      )}
    </span>
  )
}
