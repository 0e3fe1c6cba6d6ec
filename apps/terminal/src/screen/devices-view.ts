/** The own devices, and the steps of ending one and of letting one in, as they are shown. */
import type { DeviceView } from '@veche/client'
import { deviceStateText, deviceText, inGroups } from '../device-view.ts'
import type { Words } from '../words/en.ts'
import type { Language } from '../words/language.ts'
import { type DevicesPlace, type DevicesStage, otherDevices } from './devices-state.ts'
import { blank, type Line, line, type Pane, type Size, styled } from './line.ts'
import { lookOf } from './look.ts'
import { choiceLines, rule, textLines, title, writtenField } from './pane-parts.ts'
import { qrLines } from './qr-lines.ts'
import { rowText } from './shown-text.ts'
import type { Talk } from './talk-state.ts'

export function devicesPane(talk: Talk, place: DevicesPlace, size: Size): Pane {
  const { words } = lookOf(talk)
  const above = [title(words.screen.devices.title), rule(size.columns)]
  switch (place.stage.kind) {
    case 'list':
      return { lines: [...above, ...listLines(talk, place, size)] }
    case 'password':
      return passwordPane(above, place.stage, size, words)
    case 'code':
      return { lines: [...above, ...codeLines(talk, place.stage.code, size)] }
    case 'digits':
      return { lines: [...above, ...digitsLines(place.stage.digits, place.choice, size, words)] }
    default:
      return place.stage satisfies never
  }
}

function listLines(talk: Talk, place: DevicesPlace, { columns }: Size): Line[] {
  const { words } = lookOf(talk)
  const { devices: texts, back } = words.screen
  if (place.devices === undefined) return toldLines(place, columns)
  const others = otherDevices(place)
  const own = place.devices.filter(({ current }) => current)
  return [
    blank,
    ...own.flatMap((device) => textLines(deviceRow(device, words, talk.language), columns, true)),
    blank,
    ...(others.length > 0 ? [line(texts.others, { dim: true })] : textLines(texts.none, columns, true)),
    ...choiceLines(
      [...others.map((device) => deviceRow(device, words, talk.language)), texts.add, back],
      place.choice,
    ),
    ...toldLines(place, columns),
  ]
}

function deviceRow(device: DeviceView, words: Words, language: Language): string {
  return rowText(`${deviceText(device)} · ${deviceStateText(device, words, language)}`)
}

function passwordPane(
  above: readonly Line[],
  { end, field, isBusy }: Extract<DevicesStage, { kind: 'password' }>,
  { columns }: Size,
  { screen }: Words,
): Pane {
  const asked = end ? screen.devices.askEnd(rowText(deviceText(end))) : screen.devices.askLink
  const head = [...above, blank, ...textLines(asked, columns), blank]
  if (isBusy) return { lines: [...head, ...textLines(screen.devices.busy, columns, true)] }
  const hidden = { ...field, text: '•'.repeat(field.text.length) }
  const written = writtenField(hidden, head.length, columns)
  const hint = textLines(screen.devices.enterPassword, columns, true)
  return { ...written, lines: [...head, ...written.lines, blank, ...hint] }
}

/** The code to scan where there is room for it, and to type in any case. */
function codeLines(talk: Talk, code: string, { columns, rows }: Size): Line[] {
  const { screen } = lookOf(talk).words
  const texts = [
    ...textLines(screen.devices.code(talk.account.server), columns),
    ...textLines(code, columns).map((each) => styled(each, { bold: true })),
    ...choiceLines([screen.devices.endLink], 0),
  ]
  return [...(qrLines(code, { columns, rows: rows - texts.length }) ?? []), ...texts]
}

function digitsLines(digits: string, choice: number, { columns }: Size, { screen }: Words): Line[] {
  return [
    blank,
    ...textLines(screen.devices.compare, columns),
    blank,
    line(`    ${inGroups(digits)}`, { bold: true }),
    blank,
    ...choiceLines([screen.devices.same, screen.devices.notSame], choice),
  ]
}

function toldLines({ told }: DevicesPlace, columns: number): Line[] {
  if (told === undefined) return []
  return [blank, ...textLines(told, columns).map((each) => styled(each, { colour: 'yellow' }))]
}
