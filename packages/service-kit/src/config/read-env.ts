/**
 * First step of the configuration: collects what people wrote, from veche.toml and from the environment, which
 * wins. Nothing is interpreted yet; `toConfig` does that, so that tests make a configuration from plain texts.
 */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse } from 'smol-toml'
import { ConfigError } from './config-error.ts'
import type { Setting } from './setting.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Variable name (VECHE_PORT) → what was written. */
export type RawSettings = ReadonlyMap<string, string>

export interface ReadEnvOptions {
  readonly env: Environment
  readonly settings: readonly Setting[]
  /** VECHE_* variables that belong to other programs. */
  readonly foreign?: readonly string[]
}

const maxFileBytes = 64 * 1024

/** @throws ConfigError naming every unknown key, in the file and in the environment */
export async function readEnv({ env, settings, foreign = [] }: ReadEnvOptions): Promise<RawSettings> {
  const known = new Map(settings.map((setting) => [setting.env, setting]))
  const problems = Object.keys(env)
    .filter((name) => name.startsWith('VECHE_') && name !== 'VECHE_CONFIG')
    .filter((name) => !known.has(name) && !foreign.includes(name))
    .map((name) => `${name}: there is no such option`)
  const raw = new Map<string, string>()
  const file = await readConfigFile(env)
  for (const [key, value] of Object.entries(file?.values ?? {})) {
    const setting = settings.find((candidate) => tomlKey(candidate) === key)
    if (setting === undefined) problems.push(`${file?.path}: ${key}: there is no such option`)
    else if (typeof value === 'object') problems.push(`${file?.path}: ${key}: must be one value`)
    else raw.set(setting.env, String(value))
  }
  for (const name of known.keys()) {
    const value = env[name]
    if (value !== undefined && value !== '') raw.set(name, value)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return raw
}

/** `VECHE_BEHIND_PROXY` is `behind_proxy` in the file, `DATABASE_URL` is `database_url`. */
export function tomlKey({ env }: Setting): string {
  return env.replace(/^VECHE_/, '').toLowerCase()
}

/** VECHE_CONFIG must exist; veche.toml in the data folder may. */
async function readConfigFile(env: Environment) {
  const named = env.VECHE_CONFIG
  const path = resolve(named || join(env.VECHE_DATA || 'data', 'veche.toml'))
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (!named && ['ENOENT', 'ENOTDIR'].includes(code)) return undefined // the data folder may not exist yet
    throw new ConfigError([`${path}: cannot be read`])
  }
  if (text.length > maxFileBytes) throw new ConfigError([`${path}: larger than ${maxFileBytes} bytes`])
  try {
    return { path, values: parse(text) }
  } catch {
    throw new ConfigError([`${path}: is not TOML`])
  }
}
