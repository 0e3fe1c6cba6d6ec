/** A group: what it is, who is in it, how others come in, who may do what. */
import type { GroupChat, ReadyAccount, RightName } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { nameText } from '../state/shown-text.ts'
import { AboutFrame, ListMarks } from './about-frame.tsx'
import { useApp, useWords } from './context.ts'
import { Button } from './controls.tsx'
import { GroupEdit } from './group-edit.tsx'
import { GroupInvites } from './group-invites.tsx'
import { GroupMembers } from './group-members.tsx'
import { type GroupState, isAtLeast } from './group-state.ts'

export function GroupAbout({
  chat,
  account,
}: {
  readonly chat: GroupChat
  readonly account: ReadyAccount
}): JSX.Element {
  const words = useWords()
  const [group, read] = useGroup(chat)
  const may = (right: RightName) =>
    group !== undefined && chat.state !== 'removed' && isAtLeast(chat.role, group.rights[right])
  return (
    <AboutFrame title={words.group.about}>
      <div>
        <bdi class="about-name">{nameText(chat.name) || words.chats.nameless}</bdi>
        {chat.description !== '' && <p class="description">{chat.description}</p>}
        {chat.open && <p class="hint">{words.group.openNow}</p>}
      </div>
      {group !== undefined && (
        <GroupMembers chat={chat} group={group} account={account} may={may} onChanged={read} />
      )}
      {group !== undefined && may('invite') && <GroupInvites chat={chat} rights={group.rights} />}
      {group !== undefined && <GroupEdit chat={chat} rights={group.rights} may={may} />}
      <ListMarks chat={chat} />
      {chat.state !== 'removed' && <Leave chat={chat} />}
    </AboutFrame>
  )
}

/** Read when it comes on show, and anew when something of the group has changed. */
function useGroup({ chat }: GroupChat): [group: GroupState | undefined, read: () => void] {
  const { client, fail, listen } = useApp()
  const [group, setGroup] = useState<GroupState>()
  const shown = useRef<string>(undefined)
  const read = () => {
    Promise.all([client.groups.members(chat), client.groups.banned(chat), client.groups.rights(chat)])
      .then(([members, banned, rights]) => shown.current === chat && setGroup({ members, banned, rights }))
      .catch(fail)
  }
  useEffect(() => {
    shown.current = chat
    read()
    const stop = listen((event) => {
      if (event.type === 'group' && event.chat === chat) read()
    })
    return () => {
      shown.current = undefined
      stop()
    }
  }, [chat])
  return [group, read]
}

function Leave({ chat }: { readonly chat: GroupChat }): JSX.Element {
  const app = useApp()
  const { group } = useWords()
  const leave = async () => {
    const text = chat.role === 'owner' ? group.askLeaveOwner : group.askLeave
    if (!(await app.ask({ text, action: group.leave, isDangerous: true }))) return
    await app.attempt(() => app.client.groups.leave(chat.chat))
    await app.chats.refresh()
  }
  return (
    <Button kind="danger" icon="leave" onClick={leave}>
      {group.leave}
    </Button>
  )
}
