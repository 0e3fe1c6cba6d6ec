/** What the owner of the account decides about being reached and seen, and how the page looks. */
import type { Settings as OwnSettings, Switches } from '@veche/client'
import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { findOwnRelease } from '../core/own-release.ts'
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

/** How far the program can be believed, and what of it can be compared. */
function Strength(): JSX.Element {
  const { you } = useWords()
  const [release, setRelease] = useState<string>()
  useEffect(() => {
    findOwnRelease().then(setRelease, () => undefined) // without a network there may be nothing to show
  }, [])
  return (
    <section class="stack" aria-label={you.release}>
      <h3>{you.release}</h3>
      {release && (
        <ol class="number release">
          {(release.toUpperCase().match(/.{4}/g) ?? []).map((group, index) => (
            <li key={index}>{group}</li>
          ))}
        </ol>
      )}
      <p class="hint">{you.releaseTold(location.origin)}</p>
      <p class="hint">{you.strength}</p>
    </section>
  )
}
