/** From nothing to an account, without a terminal and without a server. */
import { describe, expect, test } from 'vitest'
import { type Begun, type Entrance, type EntranceEffect, enter, openEntrance } from './entrance.ts'
import { serverOf } from './entrance-form.ts'
import { entranceFrame } from './entrance-view.ts'
import { type KeyName, keysOf, type Press } from './keys.ts'
import { lineText, lineWidth, type Size } from './line.ts'

class Door {
  entrance: Entrance
  effects: EntranceEffect[] = []

  constructor(begun: Begun = { kind: 'nothing' }, size: Size = { columns: 80, rows: 24 }, server?: string) {
    this.entrance = openEntrance({ size, language: 'en', nowMs: 0, server }, begun)
  }

  press(...names: readonly KeyName[]): this {
    for (const name of names) this.#take({ kind: 'key', key: { kind: 'key', name } })
    return this
  }

  type(text: string): this {
    return this.#take({ kind: 'key', key: { kind: 'text', text } })
  }

  take(happening: Parameters<typeof enter>[1]): this {
    return this.#take(happening)
  }

  text(): string {
    return entranceFrame(this.entrance).rows.map(lineText).join('\n')
  }

  #take(happening: Parameters<typeof enter>[1]): this {
    const { entrance, effects } = enter(this.entrance, happening)
    this.entrance = entrance
    this.effects.push(...effects)
    return this
  }
}

const password = 'olive harbour lantern'

/** The register form, filled in and submitted. */
function filled(server: string, code = ''): Door {
  return new Door().press('enter').type(`${server}\r@anna\rAnna Holm\r${password}\r${password}\r${code}\r\r`)
}

test('M9 a form is filled in with Enter after each line, and says all that is needed', () => {
  expect(filled('veche.example', 'vr-abc').effects).toEqual([
    {
      kind: 'enter',
      purpose: 'register',
      given: {
        server: 'https://veche.example',
        handle: 'anna',
        name: 'Anna Holm',
        password,
        code: 'vr-abc',
        recovery: undefined,
      },
    },
  ])
})

test('M24 an invite link names the server and is the code', () => {
  const [effect] = filled('https://veche.example/#code=vr-xyz').effects
  expect(effect).toMatchObject({ given: { server: 'https://veche.example', code: 'vr-xyz' } })
})

test('signing in asks for three things', () => {
  const door = new Door(undefined, undefined, 'http://127.0.0.1:8480').press('down', 'enter')
  expect(door.text()).toContain('http://127.0.0.1:8480')
  door.press('enter').type(`anna\r${password}\r\r`)
  expect(door.effects).toMatchObject([{ purpose: 'login', given: { handle: 'anna', password } }])
})

describe('M16 by a code that another device shows', () => {
  const code = `veche-linking:${'a'.repeat(32)}`
  const open = () =>
    new Door(undefined, undefined, 'https://veche.example').press('down', 'down', 'enter', 'enter')
  const valid = 'veche-linking:aedqobyha4dqobyha4dqobyha4dq2g6i'

  test('nothing but such a code goes to the server', () => {
    const wrong = open().type(`${code}\r\r`)
    expect(wrong.effects).toEqual([])
    expect(wrong.text()).toContain('This is not a code of another device')
    const right = open().type(` ${valid}\r\r`)
    expect(right.effects).toEqual([{ kind: 'link', server: 'https://veche.example', code: valid }])
    expect(right.text()).toContain('Waiting for the other device…')
  })

  test('it shows the digits, and goes on, or is given up', () => {
    const door = open().type(`${valid}\r\r`).take({ kind: 'digits', digits: '123 456' })
    expect(door.text()).toContain('123 456')
    expect(door.text()).toContain('say yes there')
    door.type('x').press('escape')
    expect(door.effects.slice(1)).toEqual([{ kind: 'give-up' }])
    expect(door.text()).not.toContain('123 456')
    expect(door.text()).toContain(valid)
    door.take({ kind: 'digits', digits: '654 321' }).take({ kind: 'failed', told: 'Too late.' })
    expect(door.text()).not.toMatch(/654 321|Too late/)
  })
})

test('an account comes back with the words of its sheet, however they were copied', () => {
  const words = `${'abandon '.repeat(11)}about`
  const typed = (sheet: string) =>
    new Door(undefined, undefined, 'https://veche.example')
      .press('down', 'down', 'down', 'enter', 'enter')
      .type(`anna\r${sheet}\r${password}\r${password}\r\r`)
  expect(typed(`  ${words.toUpperCase()} `).effects).toMatchObject([
    { purpose: 'recover', given: { handle: 'anna', password, recovery: { words } } },
  ])
  expect(typed('abandon abandon').text()).toContain('A word is wrong')
})

test('what is wrong is said in words, at its field, before the server is asked', () => {
  expect(filled('not an address').text()).toContain('This is not the address of a server')
  const weak = new Door().press('enter').type('veche.example\ranna\r\rshort\rshort\r\r\r')
  expect(weak.text()).toContain('too easy to guess')
  expect(weak.text()).not.toContain('short')
  const different = new Door().press('enter').type(`veche.example\ranna\r\r${password}\rother\r\r\r`)
  expect(different.text()).toContain('The two passwords differ.')
  expect(new Door().press('enter').type('veche.example\r\r\r\r\r\r\r').text()).toContain(
    'A handle is missing.',
  )
  for (const door of [weak, different]) expect(door.effects).toEqual([])
})

test('while the server is asked nothing is typed; what went wrong is said, and everything stays', () => {
  const door = filled('veche.example').type('more')
  expect(door.text()).toContain('The account is being made…')
  door.take({ kind: 'failed', told: 'This handle is taken.' })
  expect(door.text()).toContain('This handle is taken.')
  expect(door.text()).toContain('@anna')
})

test('a suggested password is seen until it is changed', () => {
  const door = new Door().press('enter', 'down', 'down', 'down', 'ctrl+g')
  expect(door.effects).toEqual([{ kind: 'suggest' }])
  door.take({ kind: 'suggested', passphrase: 'one two three four five' })
  expect(door.text().match(/one two three four five/g)).toHaveLength(2)
  door.type('x')
  expect(door.text()).not.toContain('one two')
  expect(door.text()).toContain('•••••')
})

test('the recovery words are shown with a plain sentence, until they are written down', () => {
  const words = Array.from({ length: 12 }, (_, index) => `word${index + 1}`).join(' ')
  const door = new Door({ kind: 'sheet', handle: 'anna', words })
  expect(door.text()).toMatch(/Write these words down on paper[\s\S]* 1 word1 [\s\S]*12 word12/)
  door.type('x').press('escape', 'down')
  expect(door.effects).toEqual([])
  expect(door.press('enter').effects).toEqual([{ kind: 'arrived' }])
})

test('a registration whose outcome is not known goes on with its handle', () => {
  expect(new Door({ kind: 'registering', handle: 'anna' }).text()).toMatch(/A new account[\s\S]*anna/)
})

test('the language changes at once, and leaving leaves', () => {
  const door = new Door().press('down', 'down', 'down', 'down', 'enter')
  expect(door.text()).toContain('На этом устройстве ещё нет аккаунта')
  expect(door.press('down', 'enter').effects).toEqual([
    { kind: 'keep-language', language: 'ru' },
    { kind: 'quit' },
  ])
})

test.each([
  [80, 24],
  [40, 12],
  [24, 8],
])('every row is exactly as wide as the window, and the cursor is in it: %i×%i', (columns, rows) => {
  const door = new Door(undefined, { columns, rows }).press('enter')
  for (let field = 0; field < 7; field++) {
    const frame = entranceFrame(door.entrance)
    expect(frame.rows).toHaveLength(rows)
    expect(new Set(frame.rows.map(lineWidth))).toEqual(new Set([columns]))
    expect(frame.cursor?.y ?? 0).toBeLessThan(rows - 1)
    door.press('down')
  }
})

describe('addresses', () => {
  test.each([
    ['veche.example', 'https://veche.example'],
    [' https://veche.example/path ', 'https://veche.example'],
    ['127.0.0.1:8480', 'http://127.0.0.1:8480'],
    ['localhost', 'http://localhost'],
    ['ftp://veche.example', undefined],
    ['two words', undefined],
    ['', undefined],
  ])('%s', (text, server) => {
    expect(serverOf(text)).toBe(server)
  })
})

describe('keys', () => {
  const none: Press = {
    upArrow: false,
    downArrow: false,
    leftArrow: false,
    rightArrow: false,
    pageUp: false,
    pageDown: false,
    home: false,
    end: false,
    return: false,
    escape: false,
    tab: false,
    backspace: false,
    delete: false,
    ctrl: false,
    shift: false,
    meta: false,
  }
  const named = (input: string, press: Partial<Press> = {}) => keysOf(input, { ...none, ...press })

  test('what came in one piece on a slow line is typing: its Enters and control keys are keys', () => {
    expect(named('\rtext\r')).toEqual([
      { kind: 'key', name: 'enter' },
      { kind: 'text', text: 'text' },
      { kind: 'key', name: 'enter' },
    ])
    expect(named('a\u0007b')).toEqual([
      { kind: 'text', text: 'a' },
      { kind: 'key', name: 'ctrl+g' },
      { kind: 'text', text: 'b' },
    ])
    expect(named('one\rtwo')).toEqual([{ kind: 'text', text: 'one\rtwo' }])
  })

  test('keys have one name each, whatever the terminal calls them', () => {
    expect(named('', { return: true, meta: true })).toEqual([{ kind: 'key', name: 'newline' }])
    expect(named('', { upArrow: true, meta: true })).toEqual([{ kind: 'key', name: 'alt+up' }])
    expect(named('', { leftArrow: true, ctrl: true })).toEqual([{ kind: 'key', name: 'ctrl+left' }])
    expect(named('', { tab: true, shift: true })).toEqual([{ kind: 'key', name: 'back-tab' }])
    expect(named('', { end: true, ctrl: true })).toEqual([{ kind: 'key', name: 'ctrl+end' }])
    expect(named('', { backspace: true, meta: true })).toEqual([{ kind: 'key', name: 'alt+backspace' }])
    expect(named('с', { ctrl: true })).toEqual([{ kind: 'key', name: 'ctrl+c' }])
    expect(named('', {})).toEqual([{ kind: 'key', name: 'help' }])
    expect(named('x', { meta: true })).toEqual([])
  })
})
