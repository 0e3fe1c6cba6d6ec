/** What can be set, one choice a row; the view and the keys go through the same list. */
import { languageNames } from '../words/language.ts'
import { lookOf } from './look.ts'
import { rowText } from './shown-text.ts'
import type { Effect, Talk } from './talk-state.ts'

export interface SettingChoice {
  readonly group: 'devices' | 'acceptance' | 'visibility' | 'told' | 'language' | 'blocked'
  readonly text: string
  /** Undefined for what is done, not set. */
  readonly isOn: boolean | undefined
  readonly effect: Effect
}

export function settingChoices(talk: Talk): SettingChoice[] {
  const { words } = lookOf(talk)
  const place = talk.place?.kind === 'settings' ? talk.place : undefined
  const settings = place?.settings
  const acceptances = (['forbidden', 'confirm', 'allowed'] as const).map((acceptance) => ({
    group: 'acceptance' as const,
    text: words.policies[acceptance],
    isOn: settings?.acceptance === acceptance,
    effect: { kind: 'set-acceptance', acceptance } as const,
  }))
  const visibilities = (['open', 'closed'] as const).map((visibility) => ({
    group: 'visibility' as const,
    text: words.screen.visibilities[visibility],
    isOn: settings?.visibility === visibility,
    effect: { kind: 'set-visibility', visibility } as const,
  }))
  const told = (['readMarks', 'typing'] as const).map((which) => {
    const isOn = place?.switches?.[which]
    return {
      group: 'told' as const,
      text: words.screen.switches[which],
      isOn,
      effect: { kind: 'set-switches', change: { [which]: isOn === false } } as const,
    }
  })
  const languages = (['en', 'ru'] as const).map((language) => ({
    group: 'language' as const,
    text: languageNames[language],
    isOn: talk.language === language,
    effect: { kind: 'set-language', language } as const,
  }))
  const blocked = (place?.blocked ?? []).map(({ handle }) => ({
    group: 'blocked' as const,
    text: words.screen.unblock(`@${rowText(handle)}`),
    isOn: undefined,
    effect: { kind: 'unblock', handle } as const,
  }))
  const devices = {
    group: 'devices' as const,
    text: words.screen.devices.open,
    isOn: undefined,
    effect: { kind: 'devices', act: { kind: 'list' } } as const,
  }
  return [...acceptances, ...visibilities, ...told, ...languages, devices, ...blocked]
}
