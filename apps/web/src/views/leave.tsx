/** Signing out here: the history stays, encrypted, or is erased. Nothing that was written is lost unasked. */
import type { LogoutOptions } from '@veche/client'
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { reasonOf } from '../state/failure.ts'
import { useApp, useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'

export function Leave(): JSX.Element {
  const app = useApp()
  const { leave: words } = useWords().you
  const [isBusy, setBusy] = useState(false)
  const logout = async (options: LogoutOptions): Promise<void> => {
    try {
      await app.client.logout(options)
      app.go({ area: 'groups' })
      await app.session.refresh()
    } catch (error) {
      const more = QUESTIONS[reasonOf(error)]
      if (more === undefined) return app.fail(error)
      const question = { text: words[more.text], action: words[more.action], isDangerous: true }
      if (await app.ask(question)) await logout({ ...options, ...more.options })
    }
  }
  const begin = async (keepHistory: boolean) => {
    setBusy(true)
    await logout({ keepHistory })
    setBusy(false)
  }
  return (
    <div class="stack">
      <p>{words.told}</p>
      {isBusy && <Busy>{words.busy}</Busy>}
      <Button disabled={isBusy} onClick={() => begin(true)}>
        {words.keep}
      </Button>
      <p class="hint">{words.keepTold}</p>
      <Button kind="danger" disabled={isBusy} onClick={() => begin(false)}>
        {words.erase}
      </Button>
    </div>
  )
}

const QUESTIONS: Readonly<
  Record<
    string,
    | {
        readonly text: 'askUnsent' | 'askUnreachable'
        readonly action: 'discard' | 'alone'
        readonly options: Partial<LogoutOptions>
      }
    | undefined
  >
> = {
  unsent_messages: { text: 'askUnsent', action: 'discard', options: { discardUnsent: true } },
  unreachable: { text: 'askUnreachable', action: 'alone', options: { tellServer: false } },
}
