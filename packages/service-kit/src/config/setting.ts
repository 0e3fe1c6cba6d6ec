/** One option of the server: declared once; the configuration, `--help` and the documents are made from it. */
export interface Setting<T = unknown> {
  /** `port` is VECHE_PORT in the environment and `port` in veche.toml. */
  readonly env: string
  readonly kind: 'text' | 'integer' | 'boolean' | 'choice' | 'path'
  readonly description: string
  /** As people write it; undefined where there is none. */
  readonly defaultText: string | undefined
  readonly unit?: string
  readonly choices?: readonly string[]
  /** @param text undefined gives the default. @throws SettingError */
  parse(text: string | undefined): T
}

export type SettingsSpec = Readonly<Record<string, Setting>>
export type Settings<Spec extends SettingsSpec> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Setting<infer T> ? T : never
}

/** What an option does not accept. Holds the rule, and never the value: an URL may carry a password. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
}

interface Declared<T> {
  readonly env: string
  readonly description: string
  readonly default: T
  readonly unit?: string
}

/** Text as it is; no more than 2,000 characters. */
export function textSetting<T extends string | undefined>(declared: Declared<T>): Setting<string | T> {
  return {
    ...parts(declared),
    kind: 'text',
    parse: (text) => (text === undefined ? declared.default : short(text)),
  }
}

/** A file or folder; relative ones are taken from the working folder. */
export function pathSetting<T extends string | undefined>(declared: Declared<T>): Setting<string | T> {
  return { ...textSetting(declared), kind: 'path' }
}

export function integerSetting(
  declared: Declared<number> & { readonly min: number; readonly max: number },
): Setting<number> {
  const parse = (text: string | undefined) => {
    const value =
      text === undefined ? declared.default : /^-?\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= declared.min && value <= declared.max) return value
    throw new SettingError(`must be a whole number from ${declared.min} to ${declared.max}`)
  }
  return { ...parts(declared), kind: 'integer', parse }
}

export function booleanSetting(declared: Declared<boolean>): Setting<boolean> {
  const parse = (text: string | undefined) => {
    if (text === undefined) return declared.default
    if (text === 'true' || text === '1') return true
    if (text === 'false' || text === '0') return false
    throw new SettingError('must be true or false')
  }
  return { ...parts(declared), kind: 'boolean', parse }
}

export function choiceSetting<const Choice extends string>(
  declared: Declared<Choice> & { readonly choices: readonly Choice[] },
): Setting<Choice> {
  const parse = (text: string | undefined) => {
    const value = declared.choices.find((choice) => choice === (text ?? declared.default))
    if (value !== undefined) return value
    throw new SettingError(`must be one of ${declared.choices.join(', ')}`)
  }
  return { ...parts(declared), kind: 'choice', choices: declared.choices, parse }
}

function parts({ env, description, default: value, unit }: Declared<unknown>) {
  const defaultText = value === undefined ? undefined : String(value)
  return { env, description, defaultText, ...(unit !== undefined && { unit }) }
}

function short(text: string): string {
  if (text.length <= 2000) return text
  throw new SettingError('must be at most 2,000 characters')
}
