/** The people of a group and their roles; who may, changes them, adds and removes. */
import type { GroupChat, GroupMember, ReadyAccount, RightName, RoleName } from '@veche/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { askForChat } from './ask-for-chat.ts'
import { useApp, useWords } from './context.ts'
import { Button, IconButton } from './controls.tsx'
import { isHandle, toHandle } from './enter.ts'
import { type GroupState, isAtLeast } from './group-state.ts'
import { Icon } from './icon.tsx'
import { Avatar, nameOf } from './person-name.tsx'
import { handleInput, TextField } from './text-field.tsx'

interface GroupMembersProps {
  readonly chat: GroupChat
  readonly group: GroupState
  readonly account: ReadyAccount
  readonly may: (right: RightName) => boolean
  /** Something was done of which no event tells. */
  readonly onChanged: () => void
}

export function GroupMembers({ chat, group, account, may, onChanged }: GroupMembersProps): JSX.Element {
  const { client, attempt } = useApp()
  const words = useWords()
  const [opened, setOpened] = useState<string>()
  return (
    <section aria-label={words.group.members}>
      <h3>{words.group.members}</h3>
      <ul class="members">
        {group.members.map((member) => (
          <li key={member.account}>
            <div class="member">
              <Avatar id={member.account} name={nameOf(member)} />
              <span class="row-body">
                <bdi class="row-name">
                  {nameOf(member)} {member.verified && <Icon name="verified" label={words.chats.verified} />}
                </bdi>
                <span class="row-last">
                  @{member.handle} · {words.group.roles[member.role]}
                </span>
              </span>
              {member.account !== account.account && (
                <IconButton
                  icon="more"
                  label={words.group.roleOf(nameOf(member))}
                  aria-expanded={opened === member.account}
                  onClick={() => setOpened(opened === member.account ? undefined : member.account)}
                />
              )}
            </div>
            {opened === member.account && <MemberActs chat={chat} member={member} may={may} />}
          </li>
        ))}
      </ul>
      {may('add') && <AddPerson chat={chat} />}
      {group.banned.length > 0 && (
        <>
          <h3>{words.group.banned}</h3>
          <ul class="members">
            {group.banned.map((person) => (
              <li key={person.account} class="member">
                <bdi class="row-body">{nameOf(person)}</bdi>
                {may('remove') && (
                  <Button
                    onClick={() =>
                      attempt(() => client.groups.unban(chat.chat, person.account)).then(onChanged)
                    }
                  >
                    {words.group.unban}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

function MemberActs({
  chat,
  member,
  may,
}: {
  readonly chat: GroupChat
  readonly member: GroupMember
  readonly may: (right: RightName) => boolean
}): JSX.Element {
  const app = useApp()
  const { group } = useWords()
  const who = nameOf(member)
  const isLower = !isAtLeast(member.role, chat.role) || chat.role === 'owner'
  const mayRole = isAtLeast(chat.role, 'admin') && isLower && member.role !== 'owner'
  const roles: readonly RoleName[] =
    chat.role === 'owner' ? ['reader', 'member', 'admin'] : ['reader', 'member']
  const sure = async (text: string, action: string, act: () => Promise<unknown>) => {
    if (await app.ask({ text, action, isDangerous: true })) await app.attempt(act)
  }
  const { groups } = app.client
  return (
    <div class="member-acts">
      {mayRole && (
        <label class="inline">
          <span class="only-read">{group.roleOf(who)}</span>
          <select
            value={member.role}
            onChange={({ currentTarget }) =>
              app.attempt(() => groups.setRole(chat.chat, member.handle, currentTarget.value as RoleName))
            }
          >
            {[...new Set([...roles, member.role])].map((role) => (
              <option key={role} value={role}>
                {group.roles[role]}
              </option>
            ))}
          </select>
        </label>
      )}
      <Button onClick={() => askForChat(app, member.handle)}>{group.write}</Button>
      {chat.role === 'owner' && (
        <Button
          onClick={() =>
            sure(group.askOwner(who), group.handOver, () => groups.handOver(chat.chat, member.handle))
          }
        >
          {group.handOver}
        </Button>
      )}
      {may('remove') && isLower && member.role !== 'owner' && (
        <>
          <Button
            kind="danger"
            aria-label={group.removeWho(who)}
            onClick={() =>
              sure(group.askRemove(who), group.remove, () => groups.remove(chat.chat, member.handle))
            }
          >
            {group.remove}
          </Button>
          <Button
            kind="danger"
            onClick={() =>
              sure(group.askBan(who), group.ban, () => groups.remove(chat.chat, member.handle, { ban: true }))
            }
          >
            {group.ban}
          </Button>
        </>
      )}
    </div>
  )
}

function AddPerson({ chat }: { readonly chat: GroupChat }): JSX.Element {
  const app = useApp()
  const { group } = useWords()
  const [text, setText] = useState('')
  const [isBusy, setBusy] = useState(false)
  const handle = toHandle(text)
  const add = async (event: Event) => {
    event.preventDefault()
    if (!isHandle(handle)) return
    setBusy(true)
    const isDone = await app.attempt(async () => {
      const { status } = await app.client.groups.add(chat.chat, handle)
      app.tell(group.added[status](handle))
    })
    if (isDone) setText('')
    setBusy(false)
  }
  return (
    <form onSubmit={add}>
      <TextField
        {...handleInput}
        autocomplete="off"
        label={group.addField}
        hint={group.addHint}
        value={text}
        onInput={setText}
      />
      <Button icon="plus" type="submit" disabled={!isHandle(handle) || isBusy}>
        {group.add}
      </Button>
    </form>
  )
}
