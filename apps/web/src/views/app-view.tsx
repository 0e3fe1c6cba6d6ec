/** The whole page: the entrance while there is no account, else the places. */
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import type { App } from '../state/app.ts'
import { failureText } from '../state/failure.ts'
import { AppContext, useApp, useLanguage, useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'
import { Entrance } from './entrance.tsx'
import { Home } from './home.tsx'
import { Question } from './question.tsx'
import { Spoken } from './spoken.tsx'
import { Told } from './told.tsx'

export function AppView({ app }: { readonly app: App }): JSX.Element {
  return (
    <AppContext.Provider value={app}>
      <Page />
      <Told />
      <Spoken />
      <Question />
    </AppContext.Provider>
  )
}

function Page(): JSX.Element {
  const { session, theme } = useApp()
  const language = useLanguage()
  const words = useWords()
  const chosen = theme.theme.value
  useEffect(() => {
    const { documentElement } = document
    documentElement.lang = language
    documentElement.dir = 'ltr'
    documentElement.dataset.theme = chosen
    document.querySelector('link[rel=manifest]')?.setAttribute('href', `/${language}.webmanifest`)
  }, [language, chosen])
  const now = session.session.value
  switch (now.kind) {
    case 'opening':
      return (
        <main class="opening" data-account={now.kind}>
          <h1>{words.title}</h1>
          <Busy>{words.opening}</Busy>
        </main>
      )
    case 'failed':
      return (
        <main class="opening" data-account={now.kind}>
          <h1>{words.failedToOpen}</h1>
          <p>{failureText(now.error, words)}</p>
          <Button kind="main" onClick={() => location.reload()}>
            {words.tryAgain}
          </Button>
        </main>
      )
    case 'none':
      return <Entrance begun={now.handle} />
    case 'ready':
      return <Home account={now.account} />
    default:
      return now satisfies never
  }
}
