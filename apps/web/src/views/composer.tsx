/** Where one writes: grows to eight lines, keeps its draft, tells that one writes. */
import type { ChatSummary, GroupMember, ReadyAccount } from '@veche/client'
import type { JSX, RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { OpenChat } from '../state/open-chat.ts'
import { excerpt } from '../state/shown-text.ts'
import { useApp, useWords } from './context.ts'
import { IconButton } from './controls.tsx'
import { handleBefore, MentionList, matching } from './mention-list.tsx'
import { nameOf, PersonName } from './person-name.tsx'
import { Say } from './spoken.tsx'

interface ComposerProps {
  readonly open: OpenChat
  readonly chat: ChatSummary
  readonly account: ReadyAccount
}

const DRAFT_MS = 400

export function Composer({ open, chat, account }: ComposerProps): JSX.Element {
  const words = useWords()
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useDraft(open)
  const [isSending, setSending] = useState(false)
  const people = useMembers(chat, account)
  const [caret, setCaret] = useState(0)
  const [choice, setChoice] = useState(0)
  const begun = handleBefore(text, caret)
  const offered = begun === undefined ? [] : matching(people, begun)
  useGrowing(field, text)
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) field.current?.focus()
  }, [])
  const write = (value: string, at: number) => {
    setText(value)
    setCaret(at)
    setChoice(0)
  }
  const complete = (handle: string) => {
    const start = caret - (begun?.length ?? 0)
    const next = `${text.slice(0, start)}${handle} ${text.slice(caret)}`
    write(next, start + handle.length + 1)
    field.current?.focus()
  }
  const send = async () => {
    if (text.trim() === '' || isSending) return
    setSending(true)
    if (await open.send(text)) write('', 0)
    setSending(false)
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const offer = offered[choice]
    if (offer !== undefined && (event.key === 'Enter' || event.key === 'Tab')) {
      event.preventDefault()
      return complete(offer.handle)
    }
    if (offer !== undefined && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      return setChoice((choice + (event.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length)
    }
    if (event.key === 'Escape' && offer !== undefined) return setCaret(0)
    if (event.key === 'Escape') open.answering.value = undefined
    if (event.key !== 'Enter' || event.shiftKey || isTouch()) return
    event.preventDefault()
    void send()
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      <Answering open={open} />
      {offered.length > 0 && <MentionList people={offered} choice={choice} onChoose={complete} />}
      <div class="composer-line">
        <textarea
          ref={field}
          id="composer"
          rows={1}
          dir="auto"
          placeholder={words.chats.writeHere}
          aria-label={words.chats.writeHere}
          aria-autocomplete="list"
          aria-controls={offered.length > 0 ? 'mentions' : undefined}
          aria-activedescendant={offered.length > 0 ? `mention-${choice}` : undefined}
          value={text}
          onInput={({ currentTarget }) => write(currentTarget.value, currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
        />
        <IconButton
          icon="send"
          label={words.chats.send}
          type="submit"
          disabled={text.trim() === '' || isSending}
          class="icon-button send"
        />
      </div>
    </form>
  )
}

/** On a touch keyboard Enter is a new line; the button sends. */
function isTouch(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches
}

function Answering({ open }: { readonly open: OpenChat }): JSX.Element | null {
  const words = useWords()
  const answered = open.answering.value
  if (answered === undefined) return null
  return (
    <div class="answering">
      <Say text={words.chats.replyTo(nameOf(answered.from))} />
      <p>
        <PersonName person={answered.from} /> <bdi>{excerpt(answered.text, 90)}</bdi>
      </p>
      <IconButton
        icon="close"
        label={words.chats.dropReply}
        onClick={() => {
          open.answering.value = undefined
          document.getElementById('composer')?.focus()
        }}
      />
    </div>
  )
}

/** What was begun to be written stays on this device until it is sent. */
function useDraft({ chat }: OpenChat): [string, (text: string) => void] {
  const { client, chats } = useApp()
  const [text, setText] = useState('')
  const saving = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef<string>(undefined)
  const save = () => {
    clearTimeout(saving.current)
    saving.current = undefined
    if (latest.current === undefined) return
    client.marks
      .setDraft(chat, latest.current)
      .then(chats.refresh)
      .catch(() => undefined)
  }
  useEffect(() => {
    client.marks.draft(chat).then(
      (draft) => setText((written) => written || draft),
      () => undefined, // it is empty then
    )
    addEventListener('pagehide', save)
    return () => {
      removeEventListener('pagehide', save)
      if (saving.current !== undefined) save()
    }
  }, [chat])
  const write = (value: string) => {
    setText(value)
    latest.current = value
    clearTimeout(saving.current)
    saving.current = setTimeout(save, DRAFT_MS)
    client.marks.setTyping(chat, value !== '').catch(() => undefined)
  }
  return [text, write]
}

function useMembers(chat: ChatSummary, { account }: ReadyAccount): readonly GroupMember[] {
  const { client } = useApp()
  const [members, setMembers] = useState<readonly GroupMember[]>([])
  const count = chat.type === 'group' ? chat.people : 0
  useEffect(() => {
    if (chat.type === 'group') client.groups.members(chat.chat).then(setMembers, () => undefined)
  }, [chat.chat, count])
  return members.filter((member) => member.account !== account)
}

/** To eight lines, which its style sheet bounds. */
function useGrowing(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const { current: area } = field
    if (area === null || CSS.supports('field-sizing', 'content')) return
    area.style.height = 'auto'
    area.style.height = `${area.scrollHeight}px`
  }, [text])
}
