/** Whether nobody stands between two people: digits to compare, or a code that one shows and the other scans (A2). */
import type { PrivateChat, Verdict } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'
import { Icon } from './icon.tsx'
import { nameOf } from './person-name.tsx'
import { QrCode } from './qr-code.tsx'
import { ScanButton } from './scan-button.tsx'

interface Compared {
  readonly safetyNumber: string
  readonly verified: boolean
}

export function Safety({ chat }: { readonly chat: PrivateChat }): JSX.Element {
  const { client, fail, attempt } = useApp()
  const { chats, moment } = useWords()
  const [compared, setCompared] = useState<Compared>()
  const [code, setCode] = useState<string>()
  const { handle } = chat.with
  const read = () => client.people.compare(handle).then(setCompared, fail)
  useEffect(() => {
    void read()
    client.people.verificationCode(handle).then(setCode, fail)
  }, [handle])
  const set = (verified: boolean) =>
    attempt(async () => setCompared(await client.people.setVerified(handle, verified)))
  return (
    <section class="safety" aria-label={chats.safetyOf}>
      <h3>{chats.safetyOf}</h3>
      {compared === undefined ? (
        <Busy>{moment}</Busy>
      ) : (
        <>
          <p class="hint">
            {compared.verified ? chats.person.verified : chats.person.compare(nameOf(chat.with))}
          </p>
          <SafetyNumber digits={compared.safetyNumber} />
          {compared.verified ? (
            <Button onClick={() => set(false)}>
              <Icon name="verified" />
              {chats.person.takeBack}
            </Button>
          ) : (
            <Button kind="main" icon="verified" onClick={() => set(true)}>
              {chats.person.same}
            </Button>
          )}
        </>
      )}
      {code !== undefined && <ByCamera handle={handle} code={code} onCompared={read} />}
    </section>
  )
}

export function SafetyNumber({ digits }: { readonly digits: string }): JSX.Element {
  return (
    <ol class="number">
      {digits.split(' ').map((group, index) => (
        <li key={index}>{group}</li>
      ))}
    </ol>
  )
}

function ByCamera({
  handle,
  code,
  onCompared,
}: {
  readonly handle: string
  readonly code: string
  readonly onCompared: () => void
}): JSX.Element {
  const { client, attempt } = useApp()
  const { contact } = useWords().camera
  const [verdict, setVerdict] = useState<Verdict>()
  const judge = (text: string) =>
    attempt(async () => {
      setVerdict(await client.people.verifyByCode(handle, text))
      onCompared()
    })
  return (
    <>
      <p class="hint">{contact.show}</p>
      <QrCode text={code} label={contact.qr} />
      <div role="status">
        {verdict !== undefined && (
          <p class={verdict.kind === 'match' ? 'right' : 'wrong'}>{contact[verdict.kind]}</p>
        )}
      </div>
      <ScanButton label={contact.scan} told={contact.told} instead={contact.instead} onRead={judge} />
    </>
  )
}
