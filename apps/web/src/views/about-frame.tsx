/** What stands beside a chat: on a phone in its place. */
import type { ChatSummary } from '@veche/client'
import type { ComponentChildren, JSX } from 'preact'
import { useApp, useWords } from './context.ts'
import { Button, IconButton } from './controls.tsx'

export function AboutFrame({
  title,
  children,
}: {
  readonly title: string
  readonly children: ComponentChildren
}): JSX.Element {
  const { up } = useApp()
  const words = useWords()
  return (
    <aside class="about" aria-label={title}>
      <header class="pane-head">
        <h2>{title}</h2>
        <IconButton icon="close" label={words.close} onClick={up} />
      </header>
      <div class="about-body">{children}</div>
    </aside>
  )
}

/** Muting and pinning, which agree on all devices. */
export function ListMarks({ chat }: { readonly chat: ChatSummary }): JSX.Element {
  const { client, attempt, chats } = useApp()
  const { person } = useWords().chats
  const act = (change: () => Promise<unknown>) => attempt(change).then(() => chats.refresh())
  return (
    <div class="stack">
      <Button
        icon="muted"
        aria-pressed={chat.muted}
        onClick={() => act(() => client.marks.mute(chat.chat, chat.muted ? 'off' : 'for-good'))}
      >
        {chat.muted ? person.unmute : person.mute}
      </Button>
      <Button
        icon="pinned"
        aria-pressed={chat.pinned}
        onClick={() => act(() => client.marks.pin(chat.chat, !chat.pinned))}
      >
        {chat.pinned ? person.unpin : person.pin}
      </Button>
    </div>
  )
}
