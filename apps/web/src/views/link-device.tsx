/** Letting a new device in: a code for it, then six digits that both show. */
import type { JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Button, CopyButton } from './controls.tsx'
import { PasswordAsked } from './password-asked.tsx'
import { QrCode } from './qr-code.tsx'
import { Say } from './spoken.tsx'

type Step =
  | { readonly kind: 'closed' | 'password' }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'digits'; readonly digits: string; readonly answer: (isSame: boolean) => void }

export function LinkDevice({ onLinked }: { readonly onLinked: () => void }): JSX.Element {
  const app = useApp()
  const { devices: words } = useWords().you
  const [step, setStep] = useState<Step>({ kind: 'closed' })
  const ending = useRef<AbortController>(undefined)
  useEffect(() => () => ending.current?.abort(), [])
  const link = async (password: string) => {
    ending.current = new AbortController()
    const { signal } = ending.current
    await app.attempt(async () => {
      const outcome = await app.client.devices.link({
        password,
        signal,
        onCode: (code) => setStep({ kind: 'code', code }),
        confirm: (digits) => new Promise((answer) => setStep({ kind: 'digits', digits, answer })),
      })
      app.tell(words[outcome])
      if (outcome === 'linked') onLinked()
    })
    setStep({ kind: 'closed' })
  }
  switch (step.kind) {
    case 'closed':
      return (
        <Button kind="main" icon="plus" onClick={() => setStep({ kind: 'password' })}>
          {words.add}
        </Button>
      )
    case 'password':
      return (
        <PasswordAsked
          told={words.askLink}
          button={words.goOn}
          onGiven={link}
          onCancel={() => setStep({ kind: 'closed' })}
        />
      )
    case 'code':
      return (
        <div class="card">
          <Say text={words.code} />
          <p>{words.code}</p>
          <QrCode text={step.code} label={words.qr} />
          <code class="link-code">{step.code}</code>
          <div class="actions">
            <CopyButton text={step.code} />
            <Button onClick={() => ending.current?.abort()}>{words.end}</Button>
          </div>
        </div>
      )
    case 'digits':
      return (
        <div class="card digits">
          <Say text={`${words.compare} ${step.digits}`} />
          <p>{words.compare}</p>
          <output>{step.digits}</output>
          <div class="actions">
            <Button onClick={() => step.answer(false)}>{words.notSame}</Button>
            <Button kind="main" onClick={() => step.answer(true)}>
              {words.same}
            </Button>
          </div>
        </div>
      )
    default:
      return step satisfies never
  }
}
