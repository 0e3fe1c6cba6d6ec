/** Invite links into a group: those that live, and a new one with its code to scan. */
import type { GroupChat, GroupInvite, RightsView } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { calendarDay } from '../words/language.ts'
import { useApp, useLanguage, useWords } from './context.ts'
import { Button, CopyButton } from './controls.tsx'
import { NewInvite } from './new-invite.tsx'
import { QrCode } from './qr-code.tsx'
import { Say } from './spoken.tsx'

interface GroupInvitesProps {
  readonly chat: GroupChat
  readonly rights: RightsView
}

export function GroupInvites({ chat, rights }: GroupInvitesProps): JSX.Element {
  const app = useApp()
  const { group } = useWords()
  const { invite } = group
  const [invites, setInvites] = useState<readonly GroupInvite[]>([])
  const [link, setLink] = useState<string>()
  const [isMaking, setMaking] = useState(false)
  const read = () => app.client.groups.invites(chat.chat).then(setInvites, () => undefined)
  useEffect(() => void read(), [chat.chat, chat.open])
  const revoke = async (id: string) => {
    if (!(await app.ask({ text: invite.askRevoke, action: invite.revoke, isDangerous: true }))) return
    await app.attempt(() => app.client.groups.revokeInvite(chat.chat, id))
    await read()
  }
  return (
    <section aria-label={group.invites}>
      <h3>{group.invites}</h3>
      <ul class="members">
        {invites.map((each) => (
          <li key={each.id} class="member">
            <InviteTerms invite={each} />
            {!each.open && <Button onClick={() => revoke(each.id)}>{invite.revoke}</Button>}
          </li>
        ))}
      </ul>
      {link !== undefined && <MadeLink link={link} onDone={() => setLink(undefined)} />}
      {isMaking ? (
        <NewInvite
          chat={chat}
          rights={rights}
          onMade={(made) => {
            setLink(made)
            setMaking(false)
            void read()
          }}
          onCancel={() => setMaking(false)}
        />
      ) : (
        link === undefined && (
          <Button kind="main" icon="invite" onClick={() => setMaking(true)}>
            {invite.make}
          </Button>
        )
      )}
    </section>
  )
}

function InviteTerms({ invite }: { readonly invite: GroupInvite }): JSX.Element {
  const language = useLanguage()
  const { invite: words, roles: roleWords } = useWords().group
  const { expiresAt, uses, maxUses, usable, open, history, approve, role } = invite
  const marks = [
    !usable && words.over,
    approve && words.asksFirst,
    role !== undefined && roleWords[role],
    history && words.withHistory,
  ].filter((mark) => mark !== false)
  return (
    <span class="row-body">
      <span>{open ? words.openLink : words.terms(calendarDay(language, expiresAt), uses, maxUses)}</span>
      {marks.length > 0 && <span class="row-last">{marks.join(' · ')}</span>}
    </span>
  )
}

function MadeLink({ link, onDone }: { readonly link: string; readonly onDone: () => void }): JSX.Element {
  const { invite } = useWords().group
  return (
    <div class="made-link">
      <Say text={invite.made} />
      <p>{invite.made}</p>
      <QrCode text={link} label={invite.qr} />
      <input
        class="link"
        readOnly
        value={link}
        aria-label={invite.qr}
        onFocus={({ currentTarget }) => currentTarget.select()}
      />
      <div class="actions">
        <CopyButton text={link} />
        <Button onClick={onDone}>{invite.done}</Button>
      </div>
    </div>
  )
}
