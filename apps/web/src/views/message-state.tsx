/** How far an own message has come: small, true, and in words where it is pointed at. */
import type { ShownMessage } from '@veche/client'
import type { JSX } from 'preact'
import type { OpenChat } from '../state/open-chat.ts'
import { useApp, useWords } from './context.ts'
import { Icon, type IconName } from './icon.tsx'
import { nameOf } from './person-name.tsx'

const ICONS: Readonly<Record<ShownMessage['state'], IconName>> = {
  waiting: 'waiting',
  'not-sent': 'warning',
  sent: 'sent',
  delivered: 'delivered',
  read: 'delivered',
}

export function MessageState({
  message,
  open,
}: {
  readonly message: ShownMessage
  readonly open: OpenChat
}): JSX.Element {
  const { client, attempt, tell } = useApp()
  const { chats } = useWords()
  const { state, readBy = 0, seq } = message
  const label = readBy > 0 ? chats.readBy(readBy) : chats.states[state]
  const looks = `message-state message-state-${readBy > 0 ? 'read' : state}`
  if (readBy === 0 || seq === undefined) {
    return (
      <span class={looks} title={label}>
        <Icon name={ICONS[state]} label={label} />
      </span>
    )
  }
  const readers = () =>
    attempt(async () => {
      const people = await client.marks.readers(open.chat, seq)
      tell(`${label}: ${people.map((person) => nameOf(person)).join(', ')}`)
    })
  return (
    <button type="button" class={looks} title={label} aria-label={label} onClick={readers}>
      <Icon name="delivered" />
    </button>
  )
}
