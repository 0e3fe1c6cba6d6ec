/** What the keys do among the own devices. Esc goes a step back, and gives a linking up. */
import { choose } from './choices.ts'
import {
  type DevicesAct,
  type DevicesPlace,
  type DevicesStage,
  openDevices,
  otherDevices,
} from './devices-state.ts'
import type { Key } from './keys.ts'
import { type Step, step, type Talk } from './talk-state.ts'
import { emptyField, writtenIn } from './text-field.ts'

/** Goes there, and asks the server for the list. */
export function openOwnDevices(talk: Talk): Step {
  return act({ ...talk, place: openDevices(), remark: undefined }, { kind: 'list' })
}

export function onDevicesKey(talk: Talk, place: DevicesPlace, key: Key): Step {
  const isEscape = key.kind === 'key' && key.name === 'escape'
  switch (place.stage.kind) {
    case 'list':
      return isEscape ? step({ ...talk, place: undefined }) : onListKey(talk, place, key)
    case 'password':
      return isEscape ? toList(talk, place) : onPasswordKey(talk, place, place.stage, key)
    case 'code':
      return onCodeKey(talk, place, key)
    case 'digits':
      return onDigitsKey(talk, place, key, isEscape)
    default:
      return place.stage satisfies never
  }
}

/** Another device: to end it; then letting one in, then back. */
function onListKey(talk: Talk, place: DevicesPlace, key: Key): Step {
  const others = otherDevices(place)
  const made = choose(place.choice, key, others.length + 2)
  if (made === undefined) return step(talk)
  if (!made.isChosen) return step({ ...talk, place: { ...place, choice: made.choice } })
  if (made.choice > others.length) return step({ ...talk, place: undefined })
  const end = others[made.choice]
  const stage = { kind: 'password', field: emptyField, isBusy: false, ...(end && { end }) } as const
  return step({ ...talk, place: { ...place, stage, told: undefined } })
}

function onPasswordKey(
  talk: Talk,
  place: DevicesPlace,
  stage: Extract<DevicesStage, { kind: 'password' }>,
  key: Key,
): Step {
  if (stage.isBusy) return step(talk)
  const { end: device, field } = stage
  if (key.kind === 'key' && key.name === 'enter') {
    if (field.text === '') return step(talk)
    const password = field.text
    const busy = { ...talk, place: { ...place, stage: { ...stage, field: emptyField, isBusy: true } } }
    return act(busy, device ? { kind: 'remove', device, password } : { kind: 'link', password })
  }
  const written = writtenIn(field, key)
  return step(written ? { ...talk, place: { ...place, stage: { ...stage, field: written } } } : talk)
}

/** There is nothing to choose but to end it. */
function onCodeKey(talk: Talk, place: DevicesPlace, key: Key): Step {
  const isEnd = key.kind === 'key' && (key.name === 'escape' || key.name === 'enter')
  if (!isEnd) return step(talk)
  return act(toList(talk, place).talk, { kind: 'end-link' })
}

function onDigitsKey(talk: Talk, place: DevicesPlace, key: Key, isEscape: boolean): Step {
  const made = isEscape ? { choice: 1, isChosen: true } : choose(place.choice, key, 2)
  if (made === undefined) return step(talk)
  if (!made.isChosen) return step({ ...talk, place: { ...place, choice: made.choice } })
  return act(toList(talk, place).talk, { kind: 'same-digits', isSame: made.choice === 0 })
}

function toList(talk: Talk, place: DevicesPlace): Step {
  return step({ ...talk, place: { ...place, stage: { kind: 'list' }, choice: 0 } })
}

function act(talk: Talk, act: DevicesAct): Step {
  return step(talk, { kind: 'devices', act })
}
