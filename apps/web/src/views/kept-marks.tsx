/** What of the chat is kept where (M22): two marks that are always in sight; one click explains and changes it. */
import type { ChatSummary } from '@veche/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Check } from './controls.tsx'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'

export function KeptMarks({ chat }: { readonly chat: ChatSummary }): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const { server, device } = chat.kept
  return (
    <>
      <button type="button" class="kept-marks" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Mark icon={server ? 'server' : 'serverOff'} where="server" isKept={server} />
        <Mark icon="device" where="device" isKept={device} />
      </button>
      {isOpen && <KeptDialog chat={chat} onClose={() => setOpen(false)} />}
    </>
  )
}

function Mark({
  icon,
  where,
  isKept,
}: {
  readonly icon: 'server' | 'serverOff' | 'device'
  readonly where: 'server' | 'device'
  readonly isKept: boolean
}): JSX.Element {
  const { kept } = useWords().chats
  return (
    <span class={isKept ? 'kept-mark' : 'kept-mark kept-not'} title={kept.label(kept[where], isKept)}>
      <Icon name={icon} />
      <span class="kept-word" aria-hidden="true">
        {kept.marks[where][isKept ? 'on' : 'off']}
      </span>
      <span class="only-read">{kept.label(kept[where], isKept)}</span>
    </span>
  )
}

function KeptDialog({
  chat,
  onClose,
}: {
  readonly chat: ChatSummary
  readonly onClose: () => void
}): JSX.Element {
  const app = useApp()
  const { kept } = useWords().chats
  const set = async (where: 'server' | 'device', isKept: boolean) => {
    const isServer = where === 'server'
    const question = {
      text: isServer ? kept.askServer : kept.askDevice,
      action: isServer ? kept.eraseServer : kept.eraseDevice,
      isDangerous: true,
    }
    if (isKept || (await app.ask(question)))
      await app.attempt(() => app.client.keeping.set(chat.chat, { [where]: isKept }))
    await app.chats.refresh()
  }
  const { ownServer, peerServer, device } = chat.kept
  return (
    <Dialog title={kept.title} onClose={onClose}>
      <Check label={kept.server} checked={ownServer} onChange={(isKept) => set('server', isKept)} />
      <Check label={kept.device} checked={device} onChange={(isKept) => set('device', isKept)} />
      {chat.type === 'private' && ownServer && !peerServer && <p class="notice-text">{kept.peerNot}</p>}
      <p class="hint">{chat.type === 'group' ? kept.toldGroup : kept.told}</p>
    </Dialog>
  )
}
