/** What the owner of the account decides about being reached and seen, and how the page looks. */
import type { Settings as OwnSettings, Switches } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { themes } from '../state/theme.ts'
import { languageNames } from '../words/language.ts'
import { useApp, useLanguage, useWords } from './context.ts'
import { Check, Choices } from './controls.tsx'

export function Settings(): JSX.Element {
  return (
    <div class="stack settings">
      <Reached />
      <Seen />
      <Looks />
      <Strength />
    </div>
  )
}

function Reached(): JSX.Element {
  const { client, attempt, fail } = useApp()
  const { you } = useWords()
  const [settings, setSettings] = useState<OwnSettings>()
  useEffect(() => {
    client.settings.get().then(setSettings, fail)
  }, [])
  const set = (change: () => Promise<OwnSettings>) => attempt(async () => setSettings(await change()))
  return (
    <>
      <Choices
        legend={you.acceptance}
        values={you.acceptances}
        value={settings?.acceptance}
        told={settings && you.acceptanceTold[settings.acceptance]}
        onChoose={(policy) => set(() => client.settings.setAcceptance(policy))}
      />
      <Choices
        legend={you.visibility}
        values={you.visibilities}
        value={settings?.visibility}
        onChoose={(visibility) => set(() => client.settings.setVisibility(visibility))}
      />
    </>
  )
}

function Seen(): JSX.Element {
  const { client, attempt, fail } = useApp()
  const { you } = useWords()
  const [switches, setSwitches] = useState<Switches>()
  useEffect(() => {
    client.marks.switches().then(setSwitches, fail)
  }, [])
  const set = (change: Partial<Switches>) =>
    attempt(async () => setSwitches(await client.marks.setSwitches(change)))
  return (
    <fieldset class="choices">
      <legend>{you.seen}</legend>
      <Check
        label={you.readMarks}
        checked={switches?.readMarks ?? true}
        onChange={(readMarks) => set({ readMarks })}
      />
      <Check label={you.typing} checked={switches?.typing ?? true} onChange={(typing) => set({ typing })} />
    </fieldset>
  )
}

function Looks(): JSX.Element {
  const { speech, theme } = useApp()
  const language = useLanguage()
  const { you } = useWords()
  const names = Object.fromEntries(themes.map((each) => [each, you.themes[each]])) as typeof you.themes
  return (
    <>
      <Choices legend={you.language} values={languageNames} value={language} onChoose={speech.choose} />
      <Choices legend={you.theme} values={names} value={theme.theme.value} onChoose={theme.choose} />
    </>
  )
}

function Strength(): JSX.Element {
  const { you } = useWords()
  return <p class="hint">{you.strength}</p>
}
