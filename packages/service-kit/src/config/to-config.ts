import { ConfigError } from './config-error.ts'
import type { RawSettings } from './read-env.ts'
import { SettingError, type Settings, type SettingsSpec } from './setting.ts'

/**
 * Second step of the configuration: every option's value, or its default.
 * @throws ConfigError naming every option that is not what it must be
 */
export function toConfig<Spec extends SettingsSpec>(
  spec: Spec,
  raw: RawSettings = new Map(),
): Settings<Spec> {
  const problems: string[] = []
  const values = Object.entries(spec).map(([name, setting]) => {
    try {
      return [name, setting.parse(raw.get(setting.env))]
    } catch (error) {
      if (!(error instanceof SettingError)) throw error
      problems.push(`${setting.env} ${error.message}`)
      return [name, undefined]
    }
  })
  if (problems.length > 0) throw new ConfigError(problems)
  return Object.fromEntries(values)
}
