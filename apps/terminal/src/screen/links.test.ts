/** What the screen does with invite links, without a terminal. */
import type { GroupInvite } from '@veche/client'
import { describe, expect, test } from 'vitest'
import type { KeyName } from './keys.ts'
import { chatId, groupState, groupWith, member, messages, noon, peer, Scene } from './testing/scene.ts'

const link = `https://veche.example/#join=vi-${'abcdefghijklmnopqrstuvwxyz'.repeat(4)}abcdefgh`
const dayMs = 86_400_000

function invite(number: number, more: Partial<GroupInvite> = {}): GroupInvite {
  return {
    id: `invite-${number}`,
    expiresAt: noon + dayMs,
    uses: number,
    maxUses: 1000,
    usable: true,
    open: false,
    history: false,
    approve: false,
    ...more,
  }
}

/** Among the links of the one group there is. */
function amongLinks(
  size = { columns: 120, rows: 40 },
  links = [invite(1), invite(2, { usable: false })],
): Scene {
  const scene = new Scene(size).chats(groupWith(1, { people: 1, role: 'owner' })).press('enter')
  scene.page(messages(1, 1, 2)).take({ kind: 'group', group: groupState(1, 'owner') })
  scene.press('ctrl+p').press('end', 'up', 'up', 'enter')
  expect(acts(scene)).toContainEqual({ kind: 'links', chat: chatId(1) })
  return scene.take({ kind: 'links', chat: chatId(1), links })
}

function acts(scene: Scene) {
  return scene.done().flatMap((effect) => (effect.kind === 'group' ? [effect.act] : []))
}

function pressed(scene: Scene, ...keys: KeyName[]) {
  return acts(scene.press(...keys))
}

describe('the links of a group', () => {
  test('M13 stand with their terms, for those who may make them', () => {
    const text = amongLinks().text()
    expect(text).toContain('Invite links into Group 1')
    expect(text).toMatch(/until 21 November, 12:00 · came: 1 of 1000/)
    expect(text).toContain('over · came: 2')
    const scene = new Scene()
      .chats(groupWith(1))
      .press('enter')
      .page(messages(1, 1, 2))
    scene.take({ kind: 'group', group: groupState(1, 'member', [member(9, 'owner')]) }).press('ctrl+p')
    expect(scene.text()).not.toContain('Invite links')
  })

  test('M13 one is made on the terms that were chosen, and shown with a code to scan', () => {
    const scene = amongLinks().press('home', 'enter')
    expect(scene.text()).toMatch(/○ 1 day[\s\S]*● 7 days/)
    scene.press('home', 'enter', 'down', 'down', 'down', 'enter', 'end')
    expect(pressed(scene, 'enter')).toEqual([
      {
        kind: 'make-link',
        chat: chatId(1),
        terms: { expiresMs: dayMs, uses: 1, history: false },
        register: false,
      },
    ])
    expect(pressed(scene, 'enter')).toEqual([])
    scene.take({ kind: 'link-made', chat: chatId(1), link })
    const shown = scene.rows().map((row) => row.slice(43).trim())
    expect(shown.join('')).toContain(link)
    scene.press('home', 'enter')
    expect(scene.text()).toMatch(/[▀▄█]{3}/)
    scene.press('enter', 'end', 'enter')
    expect(scene.text()).not.toContain('#join=')
    expect(acts(scene)).toEqual([{ kind: 'links', chat: chatId(1) }])
  })

  test('M13, M15 one with history is asked for as such, and listed as such; usual is from now on', () => {
    const scene = amongLinks(undefined, [invite(1, { history: true }), invite(2)])
    expect(scene.text()).toMatch(/came: 1 of 1000 · with history[\s\S]*came: 2 of 1000 · from now on/)
    scene.press('home', 'enter')
    expect(scene.text()).toMatch(/What they read[\s\S]*● what is written from now on[\s\S]*○ also what was/)
    scene.press('end', 'up', 'enter', 'end')
    expect(pressed(scene, 'enter')).toEqual([
      {
        kind: 'make-link',
        chat: chatId(1),
        terms: { expiresMs: 7 * dayMs, uses: 1000, history: true },
        register: false,
      },
    ])
  })

  test('M13 one may demand that people ask first, and says so', () => {
    const scene = amongLinks(undefined, [invite(1, { approve: true, role: 'admin' })])
    expect(scene.text()).toContain('came: 1 of 1000 · asks first · admin')
    scene.press('home', 'enter')
    expect(scene.text()).toMatch(/How people come in[\s\S]*● at once[\s\S]*○ they ask/)
    expect(pressed(scene, 'end', 'up', 'up', 'up', 'enter', 'end', 'enter')).toEqual([
      {
        kind: 'make-link',
        chat: chatId(1),
        terms: { expiresMs: 7 * dayMs, uses: 1000, history: false, approve: true },
        register: false,
      },
    ])
  })

  test('M13 one may give a role, none above one’s own, and then not what was written before', () => {
    const scene = amongLinks().press('home', 'enter')
    const [first, ...roles] = scene.text().matchAll(/[○●] (the usual one|reader|member|admin|owner)/g)
    expect(first![0]).toBe('● the usual one')
    expect(roles.map(([, role]) => role)).toEqual(['reader', 'member', 'admin', 'owner'])
    scene.press('end', 'up', 'enter', 'end')
    scene.press('home', ...Array<KeyName>(8).fill('down'), 'enter')
    expect(scene.text()).toMatch(/● admin[\s\S]*● what is written from now on/)
    expect(pressed(scene, 'end', 'enter')).toEqual([
      {
        kind: 'make-link',
        chat: chatId(1),
        terms: { expiresMs: 7 * dayMs, uses: 1000, history: false, role: 'admin' },
        register: false,
      },
    ])
    const again = amongLinks().press('home', 'enter')
    again.press('home', ...Array<KeyName>(6).fill('down'), 'enter').press('end', 'up', 'enter')
    expect(again.text()).toMatch(/● the usual one[\s\S]*● also what was written before/)

    const admin = new Scene({ columns: 120, rows: 40 }).chats(groupWith(1, { role: 'admin' })).press('enter')
    admin.page(messages(1, 1, 2)).take({ kind: 'group', group: groupState(1, 'admin', [member(9, 'owner')]) })
    admin.take({ kind: 'link-made', chat: chatId(1), link }).press('end', 'enter', 'home', 'enter')
    expect(admin.text()).toMatch(/[○●] admin/)
    expect(admin.text()).not.toMatch(/[○●] owner/)
  })

  test('M13 an administrator may let it take who has no account yet; nobody else is asked about that', () => {
    expect(amongLinks().press('home', 'enter').text()).not.toContain('Who has no account here yet')
    const scene = amongLinks()
    scene.talk = { ...scene.talk, account: { ...scene.talk.account, administrator: true } }
    scene.press('home', 'enter')
    expect(scene.text()).toMatch(/Who has no account here yet[\s\S]*● needs an invite[\s\S]*○ makes one/)
    expect(pressed(scene, 'end', 'up', 'enter', 'end', 'enter')).toMatchObject([
      { kind: 'make-link', terms: { expiresMs: 7 * dayMs, uses: 1000 }, register: true },
    ])
  })

  test('a link that was made is shown also to who went away meanwhile: it cannot be shown again', () => {
    const scene = amongLinks().press('home', 'enter')
    expect(pressed(scene, 'enter')).toHaveLength(1)
    scene.press('escape', 'escape', 'escape').take({ kind: 'link-made', chat: chatId(1), link })
    expect(scene.text()).toContain('#join=')
  })

  test('M13 one is taken back after a question, with "back" chosen', () => {
    const scene = amongLinks().press('home', 'down', 'enter')
    expect(scene.text()).toContain('Nobody will join by this link any more.')
    expect(pressed(scene, 'enter')).toEqual([])
    expect(pressed(scene, 'home', 'down', 'enter', 'up', 'enter')).toEqual([
      { kind: 'revoke-link', chat: chatId(1), id: 'invite-1' },
    ])
    scene.take({ kind: 'group-told', chat: chatId(1), told: 'The link is taken back.', isDone: true })
    expect(scene.text()).toContain('The link is taken back.')
    expect(acts(scene)).toEqual([{ kind: 'links', chat: chatId(1) }])
  })

  test('what goes wrong is said in the place', () => {
    const scene = amongLinks().press('home', 'enter', 'enter')
    scene.take({ kind: 'group-told', chat: chatId(1), told: 'No server.', isDone: false })
    expect(scene.text()).toMatch(/Make a link[\s\S]*No server\./)
    expect(acts(scene)).toHaveLength(1)
  })
})

describe('joining by a link', () => {
  test('M13 it is pasted where somebody is asked for a chat, and the group opens', () => {
    const scene = new Scene().type('n').key({ kind: 'paste', text: link })
    expect(scene.text()).toContain('Enter: join the group.')
    scene.press('enter')
    expect(scene.done()).toContainEqual({ kind: 'join', link })
    expect(scene.text()).toContain('Joining the group…')
    scene.chats(groupWith(2)).take({ kind: 'opened', chat: chatId(2) })
    expect(scene.talk.selected).toEqual({ kind: 'chat', chat: chatId(2) })
  })

  test('B12 nothing of a link is searched for or asked as a handle, whole or in part', () => {
    for (const text of [link, link.slice(20), link.slice(30), 'https://v', `  ${link}\n`]) {
      const scene = new Scene().type('n').key({ kind: 'paste', text }).press('enter')
      expect(
        scene.done().filter(({ kind }) => kind === 'find' || kind === 'ask'),
        text,
      ).toEqual([])
    }
  })

  test('what goes wrong is said in the place, and can be tried again', () => {
    const scene = new Scene().type('n').key({ kind: 'paste', text: link }).press('enter')
    scene.done()
    scene.take({ kind: 'asked', told: 'No such link.', isDone: false })
    expect(scene.text()).toContain('No such link.')
    expect(scene.press('enter').done()).toEqual([{ kind: 'join', link }])
  })
})

describe('open groups', () => {
  const found = { chat: chatId(5), name: 'Square', description: 'For all', people: 14, link }
  const people = [peer(7)]

  test('M13 M21 they are found below people, and entered', () => {
    const scene = new Scene({ columns: 120, rows: 40 }).type('n').type('sq')
    expect(scene.done()).toContainEqual({ kind: 'find', text: 'sq', groups: true })
    scene.take({ kind: 'people', text: 'sq', people, groups: [found] })
    expect(scene.text()).toMatch(
      /Open accounts[\s\S]*Peer 7 \(@peer7\)[\s\S]*Open groups[\s\S]*Square · 14 people · For all/,
    )
    scene.press('down', 'down', 'enter')
    expect(scene.done()).toEqual([{ kind: 'join', link }])
    expect(scene.text()).toContain('Joining the group…')
    const other = new Scene()
      .type('n')
      .type('sq')
      .take({ kind: 'people', text: 'sq', people, groups: [found] })
    other.done()
    expect(other.press('down', 'enter').done()).toEqual([{ kind: 'ask', handle: 'peer7' }])
  })

  test('M13 a group is opened and closed after a question that says what it means, with "back" chosen', () => {
    for (const [open, act, text] of [
      [false, 'open', 'whoever runs it could join'],
      [true, 'close', 'Nobody will find the group'],
    ] as const) {
      const scene = new Scene({ columns: 120, rows: 40 }).chats(groupWith(1, { open })).press('enter')
      scene.page(messages(1, 1, 2)).take({ kind: 'group', group: groupState(1, 'owner') })
      scene.press('ctrl+p')
      expect(scene.text().includes('everybody on this server finds it')).toBe(open)
      scene.press('end', 'up', 'up', 'up', 'enter')
      const pane = scene.rows().map((row) => row.slice(43).trim())
      expect(pane.join(' ')).toContain(text)
      scene.done()
      expect(pressed(scene, 'enter')).toEqual([])
      expect(pressed(scene, 'end', 'up', 'up', 'up', 'enter', 'up', 'enter')).toEqual([
        { kind: act, chat: chatId(1) },
      ])
    }
  })

  test.each([
    [80, 24],
    [24, 8],
  ])('what has the keys is in sight among many that were found: %i×%i', (columns, rows) => {
    const many = Array.from({ length: 20 }, (_, index) => peer(index + 1, '漢字 Имя '.repeat(index % 4)))
    const groups = many.map((one, index) => ({ ...found, name: `Group ${index} ${one.name}` }))
    const scene = new Scene({ columns, rows }, 'ru').type('n').type('имя')
    scene.take({ kind: 'people', text: 'имя', people: many, groups })
    for (let press = 0; press < 40; press++) {
      scene.press('down')
      expect(new Set(scene.widths()), scene.text()).toEqual(new Set([columns]))
      expect(scene.text()).toContain('▸ ')
    }
  })
})

test.each([
  [80, 24],
  [120, 40],
  [60, 10],
  [24, 8],
])('every row is as wide as the window, and what has the keys is in sight: %i×%i', (columns, rows) => {
  for (const language of ['en', 'ru'] as const) {
    const links = Array.from({ length: 14 }, (_, index) => invite(index, { usable: index % 3 > 0 }))
    const scene = amongLinks({ columns, rows }, links).take({ kind: 'language', language })
    const check = () => {
      expect(scene.rows()).toHaveLength(rows)
      expect(new Set(scene.widths()), scene.text()).toEqual(new Set([columns]))
      expect(scene.text(), scene.text()).toContain('▸ ')
    }
    for (let press = 0; press < 14; press++) {
      scene.press('down')
      check()
    }
    scene.press('enter')
    check()
    scene.press('escape', 'home', 'enter', 'home')
    for (let press = 0; press < 5; press++) {
      check()
      scene.press('down')
    }
    scene.press('enter').take({ kind: 'link-made', chat: chatId(1), link })
    check()
    scene.press('home', 'enter')
    check()
  }
})

test('C12 what a link of a hostile server has in it commands no terminal', () => {
  const scene = amongLinks().take({ kind: 'link-made', chat: chatId(1), link: `${link}\u{1b}[2J\u{9b}1m` })
  expect(scene.text().replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
})

describe('asking to be let in', () => {
  const asking = {
    id: 'request-1',
    status: 'pending',
    at: noon,
    group: true,
    chat: chatId(2),
    join: true,
  } as const

  test('M13 who asks stands among the requests, with group and link, and can be let in or refused', () => {
    const incoming = [
      { ...asking, direction: 'incoming', handle: 'boris', name: 'Boris', link: 'link-1' },
    ] as const
    const scene = new Scene()
      .chats(groupWith(2))
      .take({ kind: 'requests', requests: { incoming, outgoing: [] } })
    expect(scene.text()).toContain('Boris (@boris) · Group 2')
    scene.press('home', 'enter')
    expect(scene.text().replace(/\s+/g, ' ')).toMatch(/asks to be let into the group .*Group 2.*link-1/)
    expect(scene.press('enter').done()).toContainEqual({ kind: 'answer', id: 'request-1', answer: 'allow' })
  })

  test('M13 one’s own waits, is over or is refused, and says which', () => {
    const shown = (status: 'pending' | 'refused' | 'ended') => {
      const outgoing = [{ ...asking, direction: 'outgoing', handle: '', status }] as const
      const scene = new Scene().take({ kind: 'requests', requests: { incoming: [], outgoing } })
      expect(scene.text()).toContain('Into a group, by a link')
      return scene.press('home', 'enter').text().replace(/\s+/g, ' ')
    }
    expect(shown('pending')).toContain('asked to be let into a group')
    expect(shown('refused')).toContain('You are not let into')
    expect(shown('ended')).toContain('no longer good')
  })

  test('M13 one’s own is taken back by the second choice, and only while it waits', () => {
    const among = (more: object) => {
      const outgoing = [{ ...asking, direction: 'outgoing', handle: '', ...more }] as const
      const scene = new Scene().take({ kind: 'requests', requests: { incoming: [], outgoing } })
      scene.press('home', 'enter').done()
      return scene
    }
    const scene = among({})
    expect(scene.text()).toMatch(/▸\s+Go on waiting[\s\S]*Take it back/)
    expect(scene.press('enter').done()).toEqual([])
    expect(scene.press('enter', 'down', 'enter').done()).toEqual([{ kind: 'withdraw', id: 'request-1' }])
    for (const more of [{ status: 'refused' }, { status: 'ended' }, { join: undefined, handle: 'boris' }]) {
      const other = among(more)
      expect(other.text()).not.toContain('Take it back')
      expect(
        other
          .press('down', 'enter')
          .done()
          .filter(({ kind }) => kind === 'withdraw'),
      ).toEqual([])
    }
  })
})
