import { expect, test } from 'vitest'
import { defaultProfileFolder } from './profile-folder.ts'

test('M2 the profile is where the platform keeps a program’s data', () => {
  expect(defaultProfileFolder({}, 'linux', '/home/alice')).toBe('/home/alice/.local/share/veche')
  expect(defaultProfileFolder({ XDG_DATA_HOME: '/data' }, 'linux', '/home/alice')).toBe('/data/veche')
  expect(defaultProfileFolder({ XDG_DATA_HOME: 'relative' }, 'linux', '/home/alice')).toBe(
    '/home/alice/.local/share/veche',
  )
  expect(defaultProfileFolder({}, 'darwin', '/Users/alice')).toBe(
    '/Users/alice/Library/Application Support/veche',
  )
  expect(defaultProfileFolder({ LOCALAPPDATA: '/local' }, 'win32', '/alice')).toBe('/local/veche')
  expect(defaultProfileFolder({}, 'win32', '/alice')).toBe('/alice/AppData/Local/veche')
})

test('VECHE_PROFILE comes before all', () => {
  expect(defaultProfileFolder({ VECHE_PROFILE: '/p', XDG_DATA_HOME: '/data' }, 'linux', '/home/alice')).toBe(
    '/p',
  )
})
