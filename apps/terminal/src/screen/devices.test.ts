import type { DeviceView } from '@veche/client'
import { DeviceId } from '@veche/protocol'
import { describe, expect, test } from 'vitest'
import { Scene } from './testing/scene.ts'

const device = (number: number, more: Partial<DeviceView> = {}): DeviceView => ({
  device: DeviceId.fromBytes(new Uint8Array(16).fill(number)),
  enrolledDay: 20_000,
  seenDay: 20_000,
  current: false,
  name: '',
  certified: true,
  silent: false,
  ...more,
})
const own = device(1, { current: true })
const office = device(2, { name: 'office' })

/** In the list of devices, the server has told. */
function among(...devices: readonly DeviceView[]): Scene {
  const scene = new Scene({ columns: 100, rows: 60 })
  scene.press('ctrl+o', 'end', 'enter')
  expect(scene.done()).toContainEqual({ kind: 'devices', act: { kind: 'list' } })
  return scene.take({ kind: 'devices', devices })
}

test('M16 the settings lead to the devices: this one, the others, and what can be done', () => {
  const text = among(own, office, device(3, { certified: false })).text()
  expect(text).toContain('this device')
  expect(text).toMatch(/office \(\w{8}\) · last seen/)
  expect(text).toContain('not certified by your account')
  expect(among(own).text()).toContain('You are signed in here alone')
  expect(among(own, device(4, { silent: true })).text()).toContain('silent for 90 days: signed out')
})

test('another one is signed out by the password, which is not shown', () => {
  const scene = among(own, office).press('up', 'enter')
  expect(scene.text()).toContain('Sign the device office')
  scene.type('the password')
  expect(scene.text()).not.toContain('the password')
  expect(scene.text()).toContain('••••••••••••')
  scene.done()
  scene.press('enter')
  const act = { kind: 'remove', device: office, password: 'the password' }
  expect(scene.done()).toEqual([{ kind: 'devices', act }])
  scene.press('enter').type('x')
  expect(scene.done()).toEqual([])
  scene.take({ kind: 'devices-told', told: 'It is signed out.' })
  expect(scene.text()).toContain('It is signed out.')
})

describe('A4: letting a new device in', () => {
  const code = 'veche-linking:aeaacaqdaqcqmbyibefawdanbyhuz3c4'
  const linking = () => {
    const scene = among(own).press('enter').type('secret').press('enter')
    expect(scene.done()).toEqual([{ kind: 'devices', act: { kind: 'link', password: 'secret' } }])
    return scene.take({ kind: 'linking-code', code })
  }

  test('shows the code to scan and to type, then the digits, and “no” is chosen until the user says yes', () => {
    const scene = linking()
    expect(scene.text()).toContain(code)
    expect(scene.text()).toContain('█')
    scene.take({ kind: 'linking-digits', digits: '123895' })
    expect(scene.text()).toContain('123 895')
    scene.press('enter')
    expect(scene.done()).toEqual([{ kind: 'devices', act: { kind: 'same-digits', isSame: false } }])
    const other = linking().take({ kind: 'linking-digits', digits: '000001' }).press('up', 'enter')
    expect(other.done()).toEqual([{ kind: 'devices', act: { kind: 'same-digits', isSame: true } }])
  })

  test('Esc gives it up at any step', () => {
    expect(linking().press('escape').done()).toEqual([{ kind: 'devices', act: { kind: 'end-link' } }])
    const scene = linking().take({ kind: 'linking-digits', digits: '123895' }).press('escape')
    expect(scene.done()).toEqual([{ kind: 'devices', act: { kind: 'same-digits', isSame: false } }])
    scene.press('escape')
    expect(scene.talk.place).toBeUndefined()
  })
})
