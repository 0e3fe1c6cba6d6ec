/** A request: name and handle of who asks, three answers, and nothing else of theirs. */
import type { Request } from '@veche/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { nameText } from '../state/shown-text.ts'
import { wishOf } from './chat-list.tsx'
import { useApp, useWords } from './context.ts'
import { Button, IconButton } from './controls.tsx'
import { nameOf } from './person-name.tsx'

export function RequestPane({ id }: { readonly id: string }): JSX.Element {
  const { chats, up } = useApp()
  const words = useWords()
  const request = chats.incoming.value.find((each) => each.id === id)
  return (
    <div class="pane">
      <header class="pane-head">
        <IconButton icon="back" label={words.back} class="icon-button back" onClick={up} />
        <h2>{words.chats.requests}</h2>
      </header>
      <div class="pane-body">
        {request === undefined ? <p>{words.reasons.request_unknown}</p> : <Answer request={request} />}
      </div>
    </div>
  )
}

function Answer({ request }: { readonly request: Request }): JSX.Element {
  const { chats } = useApp()
  const words = useWords()
  const [isBusy, setBusy] = useState(false)
  const answer = useAnswer(request, setBusy)
  const { name = '', handle, join, chat } = request
  const group = join && chat !== undefined ? chats.find(chat) : undefined
  const wish =
    group?.type === 'group'
      ? words.chats.request.joinGroup(nameText(group.name))
      : wishOf(request, words.chats.request)
  return (
    <section class="card request-card">
      <p class="request-who">
        <bdi class="request-name">{nameOf({ name, handle })}</bdi>
        <span class="quiet">@{handle}</span>
      </p>
      <p>{wish}</p>
      {request.changed && <p class="wrong">{words.chats.request.changed}</p>}
      <div class="actions">
        <Button kind="main" disabled={isBusy || request.changed} onClick={() => answer('allow')}>
          {words.chats.request.allow}
        </Button>
        <Button disabled={isBusy} onClick={() => answer('refuse')}>
          {words.chats.request.refuse}
        </Button>
        <Button kind="danger" disabled={isBusy} onClick={() => answer('block')}>
          {words.chats.request.block}
        </Button>
      </div>
      <p class="hint">{words.chats.request.told}</p>
    </section>
  )
}

function useAnswer({ id, handle, name = '', group, join }: Request, setBusy: (isBusy: boolean) => void) {
  const app = useApp()
  const words = useWords()
  const { request } = words.chats
  const who = nameOf({ name, handle })
  const area = group || join ? 'groups' : 'private'
  return async (answer: 'allow' | 'refuse' | 'block') => {
    const question = { text: request.askBlock(who), action: request.block, isDangerous: true }
    if (answer === 'block' && !(await app.ask(question))) return
    setBusy(true)
    await app.attempt(async () => {
      if (answer === 'block') await app.client.people.block(handle)
      const { chat } = answer === 'block' ? {} : await app.client.requests.answer(id, answer)
      if (answer === 'allow' && group && !join) app.tell(request.allowed(`@${handle}`))
      await Promise.all([app.chats.refresh(), app.chats.refreshRequests()])
      if (chat !== undefined && app.chats.find(chat)) app.goToChat(chat, join ? 'group' : 'private')
      else app.go({ area })
    })
    setBusy(false)
  }
}
