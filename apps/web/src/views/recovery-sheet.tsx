/** The recovery sheet: a page to print, its words and its code; and a new one in its place. */
import { type RecoverySheet, recoverySheetCode } from '@veche/client/recovery-sheet'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Button } from './controls.tsx'
import { Dialog } from './dialog.tsx'
import { PasswordAsked } from './password-asked.tsx'
import { QrCode } from './qr-code.tsx'

/** Offered once the first message is sent. */
export function SheetOffer(): JSX.Element | null {
  const { isSheetOffered } = useApp()
  const { sheet } = useWords().you
  const close = () => {
    isSheetOffered.value = false
  }
  return (
    <Dialog title={sheet.title} onClose={close}>
      <Sheet onSeen={close} />
      <Button onClick={close}>{sheet.later}</Button>
    </Dialog>
  )
}

export function SheetPage(): JSX.Element {
  return (
    <div class="stack">
      <Sheet />
    </div>
  )
}

function Sheet({ onSeen }: { readonly onSeen?: () => void }): JSX.Element | null {
  const { client, session, attempt, ask, fail } = useApp()
  const { sheet: words } = useWords().you
  const [sheet, setSheet] = useState<RecoverySheet | 'none'>()
  const [isMaking, setMaking] = useState(false)
  useEffect(() => {
    client.security.recoverySheet().then((found) => setSheet(found ?? 'none'), fail)
  }, [])
  const make = async (password: string) => {
    await attempt(async () => setSheet(await client.security.newRecoverySheet({ password })))
    await session.refresh()
    setMaking(false)
  }
  const seen = async () => {
    if (!(await ask({ text: words.askDone, action: words.have }))) return
    await attempt(() => client.security.sheetSeen())
    await session.refresh()
    setSheet('none')
    onSeen?.()
  }
  if (sheet === undefined) return null
  if (sheet !== 'none') {
    return (
      <>
        <SheetPaper sheet={sheet} />
        <div class="actions">
          <Button icon="print" onClick={() => print()}>
            {words.print}
          </Button>
          <Button kind="main" onClick={seen}>
            {words.have}
          </Button>
        </div>
      </>
    )
  }
  return (
    <>
      <p>{words.done}</p>
      {isMaking ? (
        <PasswordAsked
          told={words.newTold}
          button={words.new}
          onGiven={make}
          onCancel={() => setMaking(false)}
        />
      ) : (
        <Button onClick={() => setMaking(true)}>{words.new}</Button>
      )}
    </>
  )
}

function SheetPaper({ sheet }: { readonly sheet: RecoverySheet }): JSX.Element {
  const words = useWords()
  return (
    <section class="sheet" aria-label={words.you.sheet.title}>
      <p class="sheet-title">
        {words.title} · {words.you.sheet.title}
      </p>
      <p>{words.you.sheet.told}</p>
      <dl>
        <dt>{words.you.sheet.whose}</dt>
        <dd>@{sheet.handle}</dd>
        <dt>{words.you.sheet.server}</dt>
        <dd>{sheet.server}</dd>
      </dl>
      <ol class="sheet-words" lang="en" aria-label={words.you.sheet.words}>
        {sheet.words.split(' ').map((word, index) => (
          <li key={index}>{word}</li>
        ))}
      </ol>
      <QrCode text={recoverySheetCode(sheet)} label={words.you.sheet.qr} />
    </section>
  )
}
