/** What the keys do in the places that the right side shows for a while. Esc goes back from each. */

import { selectedChat } from './chat-list.ts'
import { choose } from './choices.ts'
import { unopened } from './conversation.ts'
import { onDevicesKey, openOwnDevices } from './devices-keys.ts'
import { onFinderKey } from './finder-keys.ts'
import { groupPlaceBefore, onGroupPlaceKey } from './group-keys.ts'
import { isGroupPlace } from './group-state.ts'
import { keptPlaces } from './keeping-places.ts'
import type { Key } from './keys.ts'
import { topAfter } from './keys-pane.ts'
import { lookOf } from './look.ts'
import { openAt } from './reading.ts'
import { safetyChoices } from './safety-choices.ts'
import { settingChoices } from './settings-choices.ts'
import { paneSize } from './sizes.ts'
import {
  type Binding,
  type KeepingPlace,
  type NewChat,
  type Place,
  type Safety,
  type Search,
  type SettingsPlace,
  type Step,
  step,
  type Talk,
} from './talk-state.ts'
import { isLink, writtenIn } from './text-field.ts'

export function onPlaceKey(talk: Talk, key: Key): Step {
  const { place } = talk
  if (place === undefined) return step(talk)
  if (place.kind === 'devices') return onDevicesKey(talk, place, key)
  if (key.kind === 'key' && key.name === 'escape')
    return step(isGroupPlace(place) ? groupPlaceBefore(talk, place) : { ...talk, place: undefined })
  switch (place.kind) {
    case 'new-chat':
      return onNewChatKey(talk, place, key)
    case 'search':
      return onSearchKey(talk, place, key)
    case 'safety':
      return onSafetyKey(talk, place, key)
    case 'settings':
      return onSettingsKey(talk, place, key)
    case 'keeping':
      return onKeepingKey(talk, place, key)
    case 'binding':
      return onBindingKey(talk, place, key)
    case 'block':
      return onBlockKey(talk, place, key)
    case 'keys':
      return onKeysKey(talk, place, key)
    case 'group-form':
    case 'add-people':
    case 'people':
    case 'links':
      return onGroupPlaceKey(talk, place, key)
    default:
      return place satisfies never
  }
}

function onNewChatKey(talk: Talk, place: NewChat, key: Key): Step {
  const { found = [], groups, isBusy } = place
  if (key.kind === 'key' && key.name === 'enter') return isBusy ? step(talk) : ask(talk, place)
  return onFinderKey(talk, place, key, {
    rows: found.length + groups.length + 1,
    cleared: { ...place, found: undefined, groups: [] },
    search: (text) => ({ kind: 'find', text, groups: true }),
  })
}

function ask(talk: Talk, place: NewChat): Step {
  const written = place.field.text.trim().replace(/^@/, '')
  const { found = [], groups, choice } = place
  const handle = found[choice - 1]?.handle ?? written
  const link = groups[choice - 1 - found.length]?.link ?? (isLink(handle) ? handle : undefined)
  if (handle === '') return step(talk)
  const effect = link === undefined ? ({ kind: 'ask', handle } as const) : ({ kind: 'join', link } as const)
  return step({ ...talk, place: { ...place, isBusy: true, told: undefined } }, effect)
}

function onSearchKey(talk: Talk, place: Search, key: Key): Step {
  const { found, choice } = place
  if (key.kind === 'key') {
    if (key.name === 'enter') return found === undefined ? search(talk, place) : openFound(talk, place)
    const made = choose(choice, key, found?.length ?? 0)
    if (made !== undefined && found !== undefined && !['home', 'end'].includes(key.name)) {
      return step({ ...talk, place: { ...place, choice: made.choice } })
    }
  }
  const field = writtenIn(place.field, key)
  if (field === undefined) return step(talk)
  const isSame = field.text === place.field.text
  return step({
    ...talk,
    place: isSame ? { ...place, field } : { ...place, field, found: undefined, isBusy: false },
  })
}

function search(talk: Talk, place: Search): Step {
  const { text } = place.field
  if (text.trim() === '' || place.isBusy) return step(talk)
  return step({ ...talk, place: { ...place, isBusy: true } }, { kind: 'search', text })
}

/** Goes to the message, among those around it. */
function openFound(talk: Talk, { found, choice }: Search): Step {
  const message = found?.[choice]
  if (message === undefined) return step(talk)
  const { chat, id, seq } = message
  const next: Talk = { ...talk, place: undefined, focus: 'pane', selected: { kind: 'chat', chat } }
  if (seq === undefined) return openAt(next, chat)
  const conversation = unopened(chat)
  return step({ ...next, conversation }, { kind: 'read', chat, page: { kind: 'around', id, seq } })
}

function onSafetyKey(talk: Talk, place: Safety, key: Key): Step {
  const { handle, compared } = place
  if (compared === undefined) return step(talk)
  const choices = safetyChoices(talk, place)
  const made = choose(place.choice, key, choices.length)
  if (made === undefined) return step(talk)
  if (!made.isChosen) return step({ ...talk, place: { ...place, choice: made.choice } })
  switch (choices[made.choice]) {
    case 'verify':
    case 'unverify':
      return step(talk, { kind: 'set-verified', handle, verified: !compared.verified })
    case 'draw':
      return step({ ...talk, place: { ...place, isDrawn: true, choice: 0 } })
    default:
      return step({ ...talk, place: place.isDrawn ? { ...place, isDrawn: false, choice: 0 } : undefined })
  }
}

/** The server, this device, back; what would erase something is asked once more, with "back" chosen. */
function onKeepingKey(talk: Talk, place: KeepingPlace, key: Key): Step {
  const { chat, asked } = place
  const item = talk.chats.find((each) => each.chat === chat)
  if (item === undefined) return step(talk)
  const { kept } = item
  const places = keptPlaces(talk, item)
  const made = choose(place.choice, key, asked === undefined ? places.length + 1 : 2)
  if (made === undefined) return step(talk)
  if (!made.isChosen) return step({ ...talk, place: { ...place, choice: made.choice } })
  if (asked !== undefined) {
    const back = { ...talk, place: { ...place, asked: undefined, choice: places.length } }
    return made.choice === 0 ? step(back, { kind: 'keep', chat, where: asked, kept: false }) : step(back)
  }
  const where = places[made.choice]
  if (where === undefined) return step({ ...talk, place: undefined })
  const isKept = where === 'server' ? kept.ownServer : kept.device
  if (isKept) return step({ ...talk, place: { ...place, asked: where, choice: 1 } })
  return step(
    { ...talk, place: { ...place, choice: made.choice } },
    { kind: 'keep', chat, where, kept: true },
  )
}

/** The same digits: accepted and verified; accepted without comparing; or not accepted. */
function onBindingKey(talk: Talk, place: Binding, key: Key): Step {
  const made = choose(place.choice, key, 3)
  if (made === undefined || place.change === undefined) return step(talk)
  if (!made.isChosen) return step({ ...talk, place: { ...place, choice: made.choice } })
  const back = { ...talk, place: undefined }
  if (made.choice === 2) return step(back)
  return step(back, { kind: 'accept-binding', chat: place.chat, isCompared: made.choice === 0 })
}

function onSettingsKey(talk: Talk, place: SettingsPlace, key: Key): Step {
  const choices = settingChoices(talk)
  const made = choose(place.choice, key, choices.length)
  if (made === undefined) return step(talk)
  const next = { ...talk, place: { ...place, choice: made.choice } }
  const chosen = choices[made.choice]
  if (made.isChosen && chosen?.group === 'devices') return openOwnDevices(talk)
  return made.isChosen && chosen !== undefined ? step(next, chosen.effect) : step(next)
}

function onBlockKey(talk: Talk, place: Extract<Place, { kind: 'block' }>, key: Key): Step {
  const made = choose(place.choice, key, 2)
  if (made === undefined) return step(talk)
  if (!made.isChosen) return step({ ...talk, place: { ...place, choice: made.choice } })
  const back = {
    ...talk,
    place: undefined,
    focus: selectedChat(talk) === undefined ? ('list' as const) : talk.focus,
  }
  return made.choice === 0 ? step(back, { kind: 'block', handle: place.handle }) : step(back)
}

function onKeysKey(talk: Talk, place: Extract<Place, { kind: 'keys' }>, key: Key): Step {
  const top = topAfter(key, place.top, paneSize(talk), lookOf(talk).words)
  return step({ ...talk, place: top === undefined ? undefined : { ...place, top } })
}
