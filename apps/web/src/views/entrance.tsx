/** Before there is an account here: by the link that opened the page, or in one of four ways. */
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { type Language, languageNames } from '../words/language.ts'
import { useApp, useLanguage, useWords } from './context.ts'
import { Button } from './controls.tsx'
import { lazy } from './lazy.tsx'
import { LoginForm } from './login-form.tsx'
import { RegisterForm } from './register-form.tsx'

const LinkForm = lazy(async () => (await import('./link-form.tsx')).LinkForm)
const RecoverForm = lazy(async () => (await import('./recover-form.tsx')).RecoverForm)

type Way = 'register' | 'login' | 'link' | 'recover'

export function Entrance({ begun }: { readonly begun: string | undefined }): JSX.Element {
  const { invite } = useApp()
  const words = useWords()
  const { entrance } = words
  const opened = invite.value
  const [way, setWay] = useState<Way>(opened !== undefined || begun ? 'register' : 'login')
  const isInvited = opened?.link !== undefined
  useEffect(() => {
    if (opened?.link !== undefined && !opened.isWanted) invite.value = { ...opened, isWanted: true }
  }, [isInvited])
  return (
    <div class="entrance" data-account="none">
      <main class="entrance-body">
        <p class="brand">{words.title}</p>
        <h1>{isInvited ? entrance.invited : entrance.welcome}</h1>
        <p class="entrance-told">{isInvited ? entrance.invitedTold : entrance.welcomeTold}</p>
        {isInvited && (
          <p class="hint">
            {way === 'register' ? entrance.invitedHere : entrance.invitedSignIn}{' '}
            {entrance.invitedServer(location.host)}
          </p>
        )}
        <Ways ways={MAIN} way={way} onChoose={setWay} />
        <section class="card" aria-label={entrance.ways[way]}>
          <Form way={way} begun={begun} />
        </section>
        <Ways ways={OTHER} way={way} onChoose={setWay} />
        <LanguageChoice />
      </main>
    </div>
  )
}

const MAIN: readonly Way[] = ['register', 'login']
const OTHER: readonly Way[] = ['link', 'recover']

function Ways({
  ways,
  way,
  onChoose,
}: {
  readonly ways: readonly Way[]
  readonly way: Way
  readonly onChoose: (way: Way) => void
}): JSX.Element {
  const { entrance } = useWords()
  const isMain = ways === MAIN
  return (
    <nav
      class={isMain ? 'ways' : 'ways ways-other'}
      aria-label={isMain ? entrance.waysLabel : entrance.otherWays}
    >
      {ways.map((each) => (
        <button
          key={each}
          type="button"
          class="way"
          aria-pressed={each === way}
          onClick={() => onChoose(each)}
        >
          {entrance.ways[each]}
        </button>
      ))}
    </nav>
  )
}

function Form({ way, begun }: { readonly way: Way; readonly begun: string | undefined }): JSX.Element {
  switch (way) {
    case 'register':
      return <RegisterForm begun={begun} />
    case 'login':
      return <LoginForm />
    case 'link':
      return <LinkForm />
    case 'recover':
      return <RecoverForm />
    default:
      return way satisfies never
  }
}

function LanguageChoice(): JSX.Element {
  const { speech } = useApp()
  const language = useLanguage()
  return (
    <div class="languages">
      {(Object.keys(languageNames) as Language[]).map((each) => (
        <Button
          key={each}
          kind="quiet"
          lang={each}
          aria-pressed={each === language}
          onClick={() => speech.choose(each)}
        >
          {languageNames[each]}
        </Button>
      ))}
    </div>
  )
}
