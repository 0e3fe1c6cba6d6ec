import { expect, test } from 'vitest'
import { en } from '../words/en.ts'
import { marks } from './look.ts'
import { Scene } from './testing/scene.ts'

const more = `↓ ${en.screen.moreBelow}`

test('a list of keys that is longer than the window says so, and goes to its end and back', () => {
  const scene = new Scene({ columns: 80, rows: 24 }).press('help')
  const first = scene.rows()
  expect(first.at(-2)).toContain(more)
  for (const step of ['down', 'up'] as const) scene.press(step)
  expect(scene.rows()).toEqual(first)
  scene.press('end')
  const last = scene.rows()
  expect(last.at(-2)).not.toContain(more)
  expect(last.join('\n')).toContain(marks.notSent)
  scene.press('down', 'page-down')
  expect(scene.rows()).toEqual(last)
  scene.press('up')
  expect(scene.rows()).not.toEqual(last)
  scene.press('home')
  expect(scene.rows()).toEqual(first)
  expect(scene.press('enter').talk.place).toBeUndefined()
})

test('one that fits says nothing', () => {
  const scene = new Scene({ columns: 120, rows: 60 }).press('help')
  expect(scene.text()).toContain(en.screen.keyTexts.redraw)
  expect(scene.text()).not.toContain(more)
})
