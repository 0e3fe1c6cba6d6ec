/** Invite links into a group: those that live, and a new one with its code to scan. */
import type { GroupChat, GroupInvite } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { calendarDay } from '../words/language.ts'
import { useApp, useLanguage, useWords } from './context.ts'
import { Button, Check, Choices, CopyButton } from './controls.tsx'
import { QrCode } from './qr-code.tsx'

const DAY_MS = 24 * 60 * 60_000

export function GroupInvites({ chat }: { readonly chat: GroupChat }): JSX.Element {
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
  const { invite: words } = useWords().group
  const { expiresAt, uses, maxUses, usable, open, history, approve } = invite
  const marks = [!usable && words.over, approve && words.asksFirst, history && words.withHistory].filter(
    (mark) => mark !== false,
  )
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
    <div class="made-link" role="status">
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

const LASTS = { '1': 1, '7': 7, '90': 90 } as const

function NewInvite({
  chat,
  onMade,
  onCancel,
}: {
  readonly chat: GroupChat
  readonly onMade: (link: string) => void
  readonly onCancel: () => void
}): JSX.Element {
  const app = useApp()
  const words = useWords()
  const { invite } = words.group
  const [days, setDays] = useState<keyof typeof LASTS>('7')
  const [whom, setWhom] = useState<'all' | 'one'>('all')
  const [approve, setApprove] = useState(false)
  const [history, setHistory] = useState(false)
  const [registers, setRegisters] = useState(false)
  const now = app.session.session.value
  const isAdministrator = now.kind === 'ready' && now.account.administrator
  const make = async (event: Event) => {
    event.preventDefault()
    const expiresMs = LASTS[days] * DAY_MS
    const uses = whom === 'one' ? 1 : 1000
    await app.attempt(async () => {
      const code = registers
        ? (await app.client.administration.createInvite({ uses, lifetimeMs: expiresMs })).code
        : undefined
      const terms = {
        expiresMs,
        uses,
        approve,
        history: history && !approve,
        ...(code && { registration: code }),
      }
      onMade((await app.client.groups.invite(chat.chat, terms)).link)
    })
  }
  const daysWords = { '1': invite.days(1), '7': invite.days(7), '90': invite.days(90) }
  return (
    <form class="card" onSubmit={make}>
      <Choices legend={invite.lasts} values={daysWords} value={days} onChoose={setDays} />
      <Choices
        legend={invite.forWhom}
        values={{ all: invite.all, one: invite.one }}
        value={whom}
        onChoose={setWhom}
      />
      <Check label={invite.asks} checked={approve} onChange={setApprove} />
      {!approve && <Check label={invite.history} checked={history} onChange={setHistory} />}
      {isAdministrator && <Check label={invite.registers} checked={registers} onChange={setRegisters} />}
      <div class="actions">
        <Button onClick={onCancel}>{words.cancel}</Button>
        <Button kind="main" type="submit">
          {invite.make}
        </Button>
      </div>
    </form>
  )
}
