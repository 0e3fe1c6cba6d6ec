/** The person of a private chat: who it is, the safety number, muting, blocking. */
import type { PrivateChat } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { AboutFrame, ListMarks } from './about-frame.tsx'
import { useApp, useWords } from './context.ts'
import { Button } from './controls.tsx'
import { Avatar, nameOf } from './person-name.tsx'
import { Safety, SafetyNumber } from './safety.tsx'

export function PersonAbout({ chat }: { readonly chat: PrivateChat }): JSX.Element {
  const app = useApp()
  const words = useWords()
  const { person, request } = words.chats
  const who = nameOf(chat.with)
  const block = async () => {
    const question = { text: request.askBlock(who), action: person.block, isDangerous: true }
    if (!(await app.ask(question))) return
    if (await app.attempt(() => app.client.people.block(chat.with.handle)))
      app.tell(words.chats.whyClosed.blocked)
  }
  return (
    <AboutFrame title={person.title}>
      <div class="about-who">
        <Avatar id={chat.with.account} name={who} />
        <div>
          <bdi class="about-name">{who}</bdi>
          <p class="quiet">@{chat.with.handle}</p>
        </div>
      </div>
      {chat.binding === 'bound' ? <Safety chat={chat} /> : <OtherAccount chat={chat} />}
      <ListMarks chat={chat} />
      <Button kind="danger" icon="blocked" onClick={block}>
        {person.block}
      </Button>
    </AboutFrame>
  )
}

/** The handle stands for another account than before (A2): nothing is sent until that is accepted. */
function OtherAccount({ chat }: { readonly chat: PrivateChat }): JSX.Element {
  const app = useApp()
  const { person } = useWords().chats
  const [safetyNumber, setNumber] = useState<string>()
  useEffect(() => {
    app.client.people.changedBinding(chat.chat).then((change) => setNumber(change.safetyNumber), app.fail)
  }, [chat.chat])
  const accept = async () => {
    const question = { text: person.acceptTold, action: person.accept, isDangerous: true }
    if (!(await app.ask(question))) return
    await app.attempt(() => app.client.people.acceptBinding(chat.chat))
    await app.chats.refresh()
  }
  return (
    <section class="safety">
      <h3>{person.otherAccount}</h3>
      <p class="hint">{person.compare(nameOf(chat.with))}</p>
      {safetyNumber && <SafetyNumber digits={safetyNumber} />}
      <Button kind="danger" onClick={accept}>
        {person.accept}
      </Button>
    </section>
  )
}
