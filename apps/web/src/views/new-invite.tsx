/** A new link into a group: how long, for whom, with which role, how one comes in. */
import type { GroupChat, RightsView, RoleName } from '@veche/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Button, Check, Choices, Field } from './controls.tsx'
import { isAtLeast, roles } from './group-state.ts'

const DAY_MS = 24 * 60 * 60_000
const LASTS = { '1': 1, '7': 7, '90': 90 } as const

export function NewInvite({
  chat,
  rights,
  onMade,
  onCancel,
}: {
  readonly chat: GroupChat
  readonly rights: RightsView
  readonly onMade: (link: string) => void
  readonly onCancel: () => void
}): JSX.Element {
  const app = useApp()
  const words = useWords()
  const { invite } = words.group
  const [days, setDays] = useState<keyof typeof LASTS>('7')
  const [whom, setWhom] = useState<'all' | 'one'>('all')
  const [approve, setApprove] = useState(false)
  const [role, setRole] = useState<RoleName>()
  const [history, setHistory] = useState(false)
  const [registers, setRegisters] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const isAtOnce = !approve && role === undefined
  const now = app.session.session.value
  const isAdministrator = now.kind === 'ready' && now.account.administrator
  const make = async (event: Event) => {
    event.preventDefault()
    const expiresMs = LASTS[days] * DAY_MS
    const uses = whom === 'one' ? 1 : 1000
    setBusy(true)
    const isMade = await app.attempt(async () => {
      const code = registers
        ? (await app.client.administration.createInvite({ uses, lifetimeMs: expiresMs })).code
        : undefined
      const terms = {
        expiresMs,
        uses,
        approve,
        history: history && isAtOnce,
        ...(role && { role }),
        ...(code && { registration: code }),
      }
      onMade((await app.client.groups.invite(chat.chat, terms)).link)
    })
    if (!isMade) setBusy(false)
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
      <RoleOfJoiners chat={chat} usual={rights.joinerRole} role={role} onChoose={setRole} />
      <Check label={invite.asks} checked={approve} onChange={setApprove} />
      {isAtOnce && <Check label={invite.history} checked={history} onChange={setHistory} />}
      {isAdministrator && <Check label={invite.registers} checked={registers} onChange={setRegisters} />}
      <div class="actions">
        <Button onClick={onCancel}>{words.cancel}</Button>
        <Button kind="main" type="submit" disabled={isBusy}>
          {invite.make}
        </Button>
      </div>
    </form>
  )
}

/** Nobody gives a role above their own. */
function RoleOfJoiners({
  chat,
  usual,
  role,
  onChoose,
}: {
  readonly chat: GroupChat
  readonly usual: RoleName
  readonly role: RoleName | undefined
  readonly onChoose: (role: RoleName | undefined) => void
}): JSX.Element {
  const { invite, roles: words } = useWords().group
  const others = roles.filter((each) => each !== usual && isAtLeast(chat.role, each))
  return (
    <Field label={invite.role} hint={role && invite.roleTold}>
      {(ids) => (
        <select
          {...ids}
          value={role ?? ''}
          onChange={({ currentTarget }) => onChoose(others.find((each) => each === currentTarget.value))}
        >
          <option value="">{invite.usualRole(words[usual])}</option>
          {others.map((each) => (
            <option key={each} value={each}>
              {words[each]}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
