/** What a group is called, who may do what in it, and whether everybody finds it. */
import type { GroupChat, RightName, RightsView } from '@veche/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Button, Field } from './controls.tsx'
import { isAtLeast, roles } from './group-state.ts'
import { TextField } from './text-field.tsx'

interface GroupEditProps {
  readonly chat: GroupChat
  readonly rights: RightsView
  readonly may: (right: RightName) => boolean
}

export function GroupEdit({ chat, rights, may }: GroupEditProps): JSX.Element {
  const { group } = useWords()
  return (
    <>
      {may('rename') && (
        <details>
          <summary>{group.edit}</summary>
          <Titles chat={chat} />
        </details>
      )}
      <details>
        <summary>{group.rights}</summary>
        <Rights chat={chat} rights={rights} />
      </details>
      {may('invite') && <Openness chat={chat} />}
    </>
  )
}

function Titles({ chat }: { readonly chat: GroupChat }): JSX.Element {
  const app = useApp()
  const { group } = useWords()
  const [name, setName] = useState(chat.name)
  const [description, setDescription] = useState(chat.description)
  const rename = async (event: Event) => {
    event.preventDefault()
    const titles = { name: name.trim(), description: description.trim() }
    if (await app.attempt(() => app.client.groups.rename(chat.chat, titles))) app.tell(group.changed)
    await app.chats.refresh()
  }
  return (
    <form onSubmit={rename}>
      <TextField label={group.make.name} maxLength={64} autocomplete="off" value={name} onInput={setName} />
      <Field label={group.make.description}>
        {(ids) => (
          <textarea
            {...ids}
            rows={2}
            maxLength={500}
            value={description}
            onInput={({ currentTarget }) => setDescription(currentTarget.value)}
          />
        )}
      </Field>
      <Button type="submit">{group.rename}</Button>
    </form>
  )
}

function Rights({ chat, rights }: { readonly chat: GroupChat; readonly rights: RightsView }): JSX.Element {
  const { client, attempt } = useApp()
  const { group } = useWords()
  const mayChange = isAtLeast(chat.role, 'admin') && chat.state !== 'removed'
  return (
    <dl class="rights">
      {(Object.keys(group.rightNames) as RightName[]).map((right) => {
        const words = right === 'joinerRole' ? group.roles : group.atLeast
        return (
          <div key={right}>
            <dt id={`right-${right}`}>{group.rightNames[right]}</dt>
            <dd>
              {mayChange ? (
                <select
                  aria-labelledby={`right-${right}`}
                  value={rights[right]}
                  onChange={({ currentTarget }) =>
                    attempt(() => client.groups.setRights(chat.chat, { [right]: currentTarget.value }))
                  }
                >
                  {roles.map((role) => (
                    <option key={role} value={role}>
                      {words[role]}
                    </option>
                  ))}
                </select>
              ) : (
                words[rights[right]]
              )}
            </dd>
          </div>
        )
      })}
    </dl>
  )
}

function Openness({ chat }: { readonly chat: GroupChat }): JSX.Element {
  const app = useApp()
  const { group } = useWords()
  const action = chat.open ? group.close : group.open
  const change = async () => {
    if (!(await app.ask({ text: chat.open ? group.askClose : group.askOpen, action }))) return
    await app.attempt(() =>
      chat.open ? app.client.groups.close(chat.chat) : app.client.groups.open(chat.chat),
    )
    await app.chats.refresh()
  }
  return <Button onClick={change}>{action}</Button>
}
