import { tomlKey } from './read-env.ts'
import type { Setting } from './setting.ts'

/** The options as a table for a terminal: what `veche serve --help` and docs/operating.md show. */
export function describeSettings(settings: readonly Setting[]): string {
  return settings.map(describe).join('\n')
}

function describe(setting: Setting): string {
  const value = setting.choices?.join('|') ?? setting.unit ?? setting.kind
  const fallback = setting.defaultText === undefined ? 'none' : setting.defaultText
  const head = `  ${setting.env}=<${value}>`
  return `${head.padEnd(46)} ${tomlKey(setting)}; default: ${fallback}\n      ${setting.description}`
}
