/** A link that was opened where there is an account already: where it leads is shown, and joining is asked. */
import type { InvitePreview } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { failureText } from '../state/failure.ts'
import { excerpt, nameText } from '../state/shown-text.ts'
import { useApp, useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'
import { Dialog } from './dialog.tsx'
import { enterByInvite } from './enter-by-invite.ts'
import { Avatar } from './person-name.tsx'

export function InviteAsked({ link }: { readonly link: string }): JSX.Element {
  const app = useApp()
  const words = useWords()
  const { asked } = words.entrance
  const [preview, setPreview] = useState<InvitePreview>()
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const close = () => {
    app.invite.value = undefined
  }
  const look = () => {
    setFailure(undefined)
    app.client.groups.look(link).then(setPreview, (error: unknown) => setFailure(failureText(error, words)))
  }
  useEffect(look, [link])
  const join = async () => {
    setBusy(true)
    await enterByInvite(app, link)
  }
  if (preview === undefined) {
    return (
      <Dialog title={asked.title} onClose={close}>
        {failure === undefined ? (
          <Busy>{words.moment}</Busy>
        ) : (
          <>
            <p class="wrong" role="alert">
              {failure}
            </p>
            <div class="actions">
              <Button onClick={close}>{asked.not}</Button>
              <Button onClick={look}>{words.tryAgain}</Button>
            </div>
          </>
        )}
      </Dialog>
    )
  }
  return (
    <Dialog title={asked.title} onClose={close}>
      <Leads preview={preview} />
      <p class="hint">
        {words.entrance.invitedServer(location.host)}. {asked.who}
      </p>
      <div class="actions">
        <Button disabled={isBusy} onClick={close}>
          {asked.not}
        </Button>
        <Button kind="main" disabled={isBusy} onClick={join}>
          {{ group: asked.join, 'by-request': asked.ask, member: asked.go }[preview.kind]}
        </Button>
      </div>
    </Dialog>
  )
}

function Leads({ preview }: { readonly preview: InvitePreview }): JSX.Element {
  const words = useWords()
  const { asked } = words.entrance
  if (preview.kind === 'by-request') return <p>{asked.byRequest}</p>
  if (preview.kind === 'member') return <p>{asked.member}</p>
  const name = nameText(preview.name) || words.chats.nameless
  return (
    <>
      <div class="about-who">
        <Avatar id={preview.chat} name={name} isGroup />
        <div>
          <bdi class="about-name">{name}</bdi>
          <p class="quiet">{words.chats.people(preview.people)}</p>
        </div>
      </div>
      {preview.description !== '' && <p class="description">{excerpt(preview.description, 500)}</p>}
      <p>{asked.told}</p>
    </>
  )
}
