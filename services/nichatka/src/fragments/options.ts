import { type Color, colors, type Priority, priorities } from '../domain.ts'
import type { Words } from '../words/words.ts'
import { type Html, html } from './html.ts'

export type Choice = readonly [value: string, name: string]

/** The choices of a `select`: value and name. */
export function options(choices: readonly Choice[], chosen: string): Html {
  return html`${choices.map(([value, name]) => html`<option value="${value}"${value === chosen && selected}>${name}</option>`)}`
}

export function colorChoices(words: Words): (readonly [Color, string])[] {
  return colors.map((color) => [color, words.colorNames[color]])
}

/** From the highest. */
export function priorityChoices(words: Words): (readonly [Priority, string])[] {
  return priorities.toReversed().map((priority) => [priority, words.priorityNames[priority]])
}

const selected = html` selected=""`
