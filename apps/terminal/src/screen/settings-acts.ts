/** What is done with the account's settings. */
import type { ActContext } from './act-context.ts'
import type { Effect } from './talk-state.ts'

type Kind = 'set-switches' | 'ask-settings' | 'set-acceptance' | 'set-visibility'
export type SettingsEffect = Extract<Effect, { kind: Kind }>

/** @throws what the client throws */
export async function performOnSettings({ client, take }: ActContext, effect: SettingsEffect): Promise<void> {
  switch (effect.kind) {
    case 'set-switches':
      return take({ kind: 'switches', switches: await client.marks.setSwitches(effect.change) })
    case 'ask-settings':
      take({ kind: 'switches', switches: client.marks.switches })
      take({ kind: 'settings', settings: await client.settings.get() })
      return take({ kind: 'blocked', blocked: await client.people.blocked() })
    case 'set-acceptance':
      return take({
        kind: 'settings',
        settings: await client.settings.setAcceptance(effect.acceptance),
      })
    case 'set-visibility':
      return take({
        kind: 'settings',
        settings: await client.settings.setVisibility(effect.visibility),
      })
    default:
      return effect satisfies never
  }
}
