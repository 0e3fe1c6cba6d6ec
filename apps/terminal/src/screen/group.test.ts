/** What the screen does with groups, without a terminal. */
import { describe, expect, test } from 'vitest'
import type { GroupState } from './group-state.ts'
import {
  chatId,
  chatWith,
  groupState,
  groupWith,
  member,
  message,
  messages,
  news,
  own,
  peer,
  request,
  Scene,
} from './testing/scene.ts'

/** The one group there is, open, and who is in it. */
function inGroup(group: GroupState, more = {}, size = { columns: 80, rows: 24 }): Scene {
  const scene = new Scene(size).chats(groupWith(1, { people: group.members.length, ...more })).press('enter')
  scene.page(messages(1, 1, 2)).take({ kind: 'group', group })
  scene.done()
  return scene
}

function acts(scene: Scene) {
  return scene.done().flatMap((effect) => (effect.kind === 'group' ? [effect.act] : []))
}

const three = [member(1, 'admin'), member(2, 'reader')]

describe('the list', () => {
  test('M20 groups stand apart from private chats, with unread marks of their own, and the keys go through both', () => {
    const scene = new Scene().chats(
      chatWith(1, { unread: 2, last: message(1, 1) }),
      groupWith(2, { unread: 3, last: message(2, 1, { from: peer(5) }) }),
    )
    expect(scene.text()).toMatch(/Private chats +2[\s\S]*──[\s\S]*Groups +3[\s\S]*Group 2/)
    expect(scene.text()).toMatch(/Peer 5: messag/)
    scene.press('down')
    expect(scene.rows().find((row) => row.startsWith('▸'))).toContain('Group 2')
    scene.press('up')
    expect(scene.rows().find((row) => row.startsWith('▸'))).toContain('Peer 1')
  })

  test.each([
    [80, 24],
    [60, 16],
    [40, 12],
  ])(
    'what is selected stays in sight among many of both, and neither part hides the other: %i×%i',
    (columns, rows) => {
      const chats = Array.from({ length: 30 }, (_, index) =>
        chatWith(index + 1, { last: message(index + 1, 1) }),
      )
      const groups = Array.from({ length: 30 }, (_, index) => groupWith(index + 101))
      const scene = new Scene({ columns, rows }).chats(...chats, ...groups)
      for (let press = 0; press < 59; press++) {
        scene.press('down')
        expect(scene.rows().filter((row) => row.startsWith('▸'))).toHaveLength(1)
        if (rows >= 16) expect(scene.rows().some((row) => /^ ?─+/.test(row))).toBe(true)
      }
    },
  )

  test('M11 a request about a group says who wishes it and nothing else, and can be answered in three ways', () => {
    const scene = new Scene().take({
      kind: 'requests',
      requests: { incoming: [request(3, { group: true })], outgoing: [] },
    })
    scene.press('enter')
    expect(scene.text()).toMatch(
      /Peer 3[\s\S]*@peer3[\s\S]*wishes to add you to a group\.[\s\S]*Allow[\s\S]*Refuse[\s\S]*Block/,
    )
    expect(scene.text()).not.toContain('write to you')
    scene.press('enter')
    expect(scene.done()).toEqual([{ kind: 'answer', id: 'request-3', answer: 'allow', intoGroup: 'peer3' }])
  })

  test('who is asked into a group stands in the list with its name', () => {
    const scene = new Scene().chats(groupWith(2))
    const asked = request(4, { direction: 'outgoing', group: true, chat: chatId(2) })
    scene.take({ kind: 'requests', requests: { incoming: [], outgoing: [asked] } }).press('home')
    expect(scene.text()).toMatch(/You have asked @peer4 into the group Group 2\./)
  })
})

describe('talking', () => {
  test('M13 the sender’s bold, coloured name stands before every message; the head has name and number', () => {
    const scene = inGroup(groupState(1, 'owner', three))
    scene.page([
      message(1, 1, { from: peer(1) }),
      message(1, 2, { from: peer(1) }),
      message(1, 3, { from: own }),
    ])
    expect(scene.rows()[0]).toMatch(/Group 1 +3 people/)
    expect(scene.text().match(/Peer 1 {2}message/g)).toHaveLength(2)
    expect(scene.text()).toContain('You  message 3')
  })

  test('C11 where two people of a group have one name, the handle stands with it', () => {
    const twins = [member(1, 'member', { name: 'Anna' }), member(2, 'member', { name: 'ANNA' })]
    const scene = inGroup(groupState(1, 'owner', twins))
    scene.page([message(1, 1, { from: peer(1, 'Anna') }), message(1, 2, { from: peer(3, 'Olga') })])
    expect(scene.text()).toContain('Anna (@peer1)  message 1')
    expect(scene.text()).toContain('Olga  message 2')
  })

  test('who may not write sees why in place of the input, and nothing that is typed goes anywhere', () => {
    const rights = { ...groupState(1, 'member').rights, write: 'admin' } as const
    const scene = inGroup(groupState(1, 'member', three, { rights }), { canWrite: false })
    expect(scene.text()).toContain('Only admins write here.')
    scene.type('text').press('enter')
    expect(scene.done()).toEqual([])
    expect(scene.text()).not.toMatch(/Message|text/)
    const reader = inGroup(groupState(1, 'reader', three), { canWrite: false, role: 'reader' })
    expect(reader.text()).toContain('You read in this group')
  })

  test('a group that one was removed from, or has left, stays readable and says so', () => {
    const scene = inGroup(groupState(1, 'member', three), { state: 'removed', canWrite: false })
    expect(scene.text()).toContain('message 2')
    expect(scene.text()).toContain('You are no longer in this group.')
    scene.press('ctrl+p')
    expect(scene.text()).not.toMatch(/Leave|Add people/)
    scene.press('enter')
    expect(scene.text()).toMatch(/Back/)
    expect(scene.text()).not.toMatch(/Make a|Remove/)
  })

  test('what changes while one looks is told in quiet lines, by whom, each after what was last then', () => {
    const scene = inGroup(groupState(1, 'owner', three))
    const [by, who] = [peer(1), peer(2)]
    scene.take({ kind: 'group-news', news: news(1, { change: 'members', how: 'added', who, by }) })
    expect(acts(scene)).toEqual([{ kind: 'read', chat: chatId(1) }])
    scene.take({ kind: 'message', message: message(1, 3) })
    scene.take({ kind: 'group-news', news: news(1, { change: 'members', how: 'removed', who, by }) })
    scene.take({ kind: 'group-news', news: news(1, { change: 'members', how: 'left', who, by }) })
    scene.take({ kind: 'group-news', news: news(1, { change: 'roles', role: 'admin', who, by: own }) })
    scene.take({ kind: 'group-news', news: news(1, { change: 'profile', by }) })
    const order = [
      'message 2',
      'Peer 1 added Peer 2',
      'message 3',
      'Peer 1 removed Peer 2',
      'Peer 2 left the group',
      'You made Peer 2 admin',
      'Peer 1 changed what is said of the group: Group 1',
    ]
    const places = order.map((text) => scene.text().indexOf(text))
    expect(
      places.every((place) => place > 0),
      scene.text(),
    ).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  test('nothing that changes moves what somebody reads above', () => {
    const scene = inGroup(groupState(1, 'owner', three))
      .page(messages(1, 1, 100))
      .press('page-up', 'page-up')
    const pane = () =>
      scene
        .rows()
        .slice(2, 20)
        .map((row) => row.slice(28))
    const before = pane()
    const [by, who] = [peer(1), peer(2)]
    scene.take({ kind: 'group-news', news: news(1, { change: 'members', how: 'added', who, by }) })
    expect(pane()).toEqual(before)
  })
})

describe('making a group', () => {
  test('name, description and who writes are asked for; then people are added right there', () => {
    const scene = new Scene().chats(chatWith(1)).type('g').type('Garden').press('enter')
    scene.type('Seeds and beds').press('enter', 'down', 'enter')
    expect(scene.text()).toContain('● admins only: for announcements')
    scene.press('enter', 'enter')
    expect(acts(scene)).toEqual([
      { kind: 'make', name: 'Garden', description: 'Seeds and beds', announce: true },
    ])
    expect(scene.text()).toContain('The group is being made…')
    scene.chats(chatWith(1), groupWith(2, { name: 'Garden', role: 'owner', people: 1 }))
    scene.take({ kind: 'group-made', chat: chatId(2) }).take({ kind: 'group', group: groupState(2, 'owner') })
    expect(scene.text()).toMatch(/Add people to Garden[\s\S]*Your contacts[\s\S]*Peer 1 \(@peer1\)/)
    scene.done()
    scene.press('down', 'enter')
    expect(acts(scene)).toEqual([{ kind: 'add', chat: chatId(2), handle: 'peer1' }])
    expect(scene.text()).toContain('Adding…')
    scene.take({ kind: 'group-told', chat: chatId(2), told: '@peer1 is in the group now.', isDone: true })
    expect(scene.text()).toContain('@peer1 is in the group now.')
    scene.type('@boris').press('enter')
    expect(scene.done()).toContainEqual({
      kind: 'group',
      act: { kind: 'add', chat: chatId(2), handle: 'boris' },
    })
    scene.press('escape')
    expect(scene.text()).toContain('› Message')
  })

  test('a group without a name, or with one that is too long, is not made, and it says why', () => {
    const scene = new Scene().type('g').press('end', 'down', 'down', 'down', 'down', 'enter')
    expect(scene.done()).toEqual([])
    expect(scene.text()).toContain('A group has a name of 1 to 64 characters.')
    scene.type('x'.repeat(65)).press('down', 'down', 'down', 'down', 'enter')
    expect(scene.done()).toEqual([])
  })

  test('what goes wrong is said in the place, and can be tried again', () => {
    const scene = new Scene().type('g').type('Garden').press('enter', 'enter', 'enter', 'enter')
    expect(acts(scene)).toHaveLength(1)
    scene.press('enter')
    expect(acts(scene)).toHaveLength(0)
    scene.take({ kind: 'group-told', chat: undefined, told: 'No server.', isDone: false })
    expect(scene.text()).toContain('No server.')
    scene.press('enter')
    expect(acts(scene)).toHaveLength(1)
  })

  test('open accounts are found by a part of the name, and who is in the group is not offered', () => {
    const scene = inGroup(groupState(1, 'owner', [member(1, 'member')]))
      .press('ctrl+p')
      .press('enter')
    scene.type('pe')
    expect(scene.done()).toContainEqual({ kind: 'find', text: 'pe' })
    scene.take({ kind: 'people', text: 'pe', people: [peer(1), peer(9)] })
    expect(scene.text()).toContain('Peer 9 (@peer9)')
    expect(scene.text()).not.toContain('Peer 1 (@peer1)')
  })
})

describe('the people of a group', () => {
  test('they stand with roles and verified marks; the key is m in the list and Ctrl+P while writing', () => {
    const group = groupState(1, 'owner', [member(1, 'admin', { verified: true }), member(2, 'reader')])
    const scene = inGroup(group).press('ctrl+p')
    expect(scene.text()).toMatch(/You +@vera +owner/)
    expect(scene.text()).toMatch(/Peer 1 +@peer1 ✓ +admin/)
    expect(scene.text()).toMatch(/Peer 2 +@peer2 +reader/)
    scene.press('escape', 'escape').type('m')
    expect(scene.text()).toContain('People of Group 1')
  })

  const choices = (role: 'owner' | 'admin' | 'member', other: ReturnType<typeof member>) => {
    const scene = inGroup(groupState(1, role, [other, member(9, 'owner')])).press('ctrl+p')
    scene.press('home')
    for (let row = 0; row < 6 && !/▸ +Peer 1 /.test(scene.text()); row++) scene.press('down')
    return scene.press('enter').text()
  }

  test('M13 each sees only what their role allows about whom', () => {
    expect(choices('owner', member(1, 'member'))).toMatch(
      /Make an admin[\s\S]*Make a reader[\s\S]*Hand the group over[\s\S]*Remove from[\s\S]*Remove and ban/,
    )
    const byAdmin = choices('admin', member(1, 'member'))
    expect(byAdmin).toContain('Make an admin')
    expect(byAdmin).not.toContain('Hand the group over')
    expect(choices('admin', member(1, 'admin'))).not.toMatch(/Make a|Remove/)
    expect(choices('member', member(1, 'reader'))).not.toMatch(/Make a|Remove/)
    expect(choices('member', member(1, 'reader'))).toContain('Write to them')
  })

  test('a member cannot add or rename, and can leave', () => {
    const scene = inGroup(groupState(1, 'member', three)).press('ctrl+p')
    expect(scene.text()).not.toMatch(/Add people|Name, description/)
    expect(scene.text()).toContain('Leave the group')
  })

  test('where no owner is left, the highest role there is leads', () => {
    const scene = inGroup(groupState(1, 'admin', [member(1, 'member')])).press('ctrl+p')
    scene.press('down', 'down', 'enter')
    expect(scene.text()).toContain('Hand the group over')
  })

  test('a role is changed, and what came of it is told', () => {
    const scene = inGroup(groupState(1, 'owner', [member(1, 'member')])).press('ctrl+p')
    scene.press('down', 'down', 'enter', 'down', 'enter')
    expect(acts(scene)).toEqual([{ kind: 'role', chat: chatId(1), who: member(1, 'member'), role: 'admin' }])
    expect(scene.text()).toContain('The group is being changed…')
    scene.press('enter')
    expect(acts(scene)).toEqual([])
    scene.take({ kind: 'group-told', chat: chatId(1), told: 'Peer 1 is now admin.', isDone: true })
    expect(scene.text()).toMatch(/People of Group 1[\s\S]*Peer 1 is now admin\./)
  })

  test.each([
    ['Remove from the group', { kind: 'remove', isBanned: false }],
    ['Remove and ban', { kind: 'remove', isBanned: true }],
    ['Hand the group over', { kind: 'hand-over' }],
  ])('"%s" is asked about once more, with "back" chosen', (choice, act) => {
    const who = member(1, 'member')
    const scene = inGroup(groupState(1, 'owner', [who]))
      .press('ctrl+p')
      .press('down', 'down', 'enter')
    while (!scene.text().includes(`▸  ${choice}`)) scene.press('down')
    scene.press('enter', 'enter')
    expect(scene.done()).toEqual([])
    while (!scene.text().includes(`▸  ${choice}`)) scene.press('down')
    scene.press('enter', 'up', 'enter')
    expect(acts(scene)).toEqual([{ ...act, chat: chatId(1), who }])
  })

  test('leaving is asked about once more; the owner is told what it means', () => {
    const scene = inGroup(groupState(1, 'owner', [member(1, 'member')]))
      .press('ctrl+p')
      .press('end', 'enter')
    expect(scene.text()).toContain('You are its owner')
    scene.press('enter')
    expect(acts(scene)).toEqual([])
    scene.press('end', 'enter', 'up', 'enter')
    expect(acts(scene)).toEqual([{ kind: 'leave', chat: chatId(1) }])
  })

  test('a ban is lifted from the list', () => {
    const scene = inGroup(groupState(1, 'admin', [member(9, 'owner')], { banned: [peer(7)] }))
    scene.press('ctrl+p').press('end')
    expect(scene.text()).toMatch(/Banned[\s\S]*Peer 7 \(@peer7\) · Enter: lift the ban/)
    scene.press('enter')
    expect(acts(scene)).toEqual([{ kind: 'unban', chat: chatId(1), who: peer(7) }])
  })

  test('name and who writes are changed; what is not changed is not sent', () => {
    const scene = inGroup(groupState(1, 'owner', three)).press('ctrl+p')
    while (!scene.text().includes('▸  Name')) scene.press('down')
    scene.press('enter').type(' b').press('down', 'down', 'down', 'down', 'enter')
    expect(acts(scene)).toEqual([
      { kind: 'change', chat: chatId(1), titles: { name: 'Group 1 b', description: '' }, write: undefined },
    ])
    scene.take({ kind: 'group-told', chat: chatId(1), told: 'The group is changed.', isDone: true })
    expect(scene.text()).toMatch(/People of Group 1[\s\S]*The group is changed\./)
  })

  test('A2 a handle that stands for another account than before is marked, and says so', () => {
    const scene = inGroup(groupState(1, 'owner', [member(1, 'member', { binding: 'unbound' })])).press(
      'ctrl+p',
    )
    expect(scene.text()).toMatch(/Peer 1 +@peer1 ≠/)
    scene.press('down', 'down', 'enter')
    expect(scene.text()).toContain('This handle belongs to another account than before.')
  })

  test('somebody is written to privately: in the chat there is, or by asking for one', () => {
    const group = groupState(1, 'member', [member(9, 'owner'), member(2, 'member'), member(3, 'member')])
    const scene = inGroup(group).chats(groupWith(1), chatWith(2)).press('ctrl+p')
    scene.press('down', 'down', 'enter', 'enter')
    expect(scene.talk.selected).toEqual({ kind: 'chat', chat: chatId(2) })
    const other = inGroup(group).press('ctrl+p').press('end', 'up', 'enter', 'enter')
    expect(other.text()).toMatch(/Whom do you want to write to\?[\s\S]*@peer3/)
  })
})

describe('how it looks', () => {
  const sizes = [
    [80, 24],
    [120, 40],
    [60, 10],
    [24, 8],
  ] as const

  test.each(sizes)(
    'every row is as wide as the window, and what has the keys is in sight: %i×%i',
    (columns, rows) => {
      for (const language of ['en', 'ru'] as const) {
        const many = Array.from({ length: 40 }, (_, index) =>
          member(index + 1, index % 2 ? 'member' : 'reader', {
            name: '漢字 Имя '.repeat(index % 4),
            verified: index % 3 === 0,
          }),
        )
        const group = groupState(1, 'owner', many, { banned: [peer(60), peer(61, 'Имя '.repeat(16))] })
        const scene = new Scene({ columns, rows }, language).chats(
          groupWith(1, {
            name: 'Очень длинное название '.repeat(3),
            description: 'слова '.repeat(60),
            people: 15,
          }),
        )
        scene
          .press('enter')
          .page([message(1, 1, { text: 'слово '.repeat(90) })])
          .take({ kind: 'group', group })
        const check = () => {
          expect(scene.rows()).toHaveLength(rows)
          expect(new Set(scene.widths()), scene.text()).toEqual(new Set([columns]))
        }
        const checkAll = (presses: number) => {
          for (let press = 0; press < presses; press++) {
            scene.press('down')
            check()
            expect(scene.cursor ?? scene.text().includes('▸ '), scene.text()).toBeTruthy()
          }
        }
        check()
        scene.press('ctrl+p')
        checkAll(20)
        scene.press('home', 'down', 'down', 'enter')
        checkAll(8)
        scene.press('up', 'enter')
        check()
        scene.press('escape', 'escape', 'home', 'enter').type('имя')
        check()
        scene.press('escape', 'end', 'up', 'up', 'up', 'enter')
        checkAll(5)
        scene.press('escape', 'escape', 'escape').type('g')
        checkAll(5)
        scene.press('enter')
        check()
      }
    },
  )

  test('C12 nothing that a terminal would obey is in a row, whatever a group or its people are called', () => {
    const evil = '\u{1b}[2J\u{9b}31m\u{202e}\r\n\u{7}\u{8}name'
    const who = member(1, 'member', { name: evil, handle: evil })
    const group = groupState(1, 'owner', [who], { banned: [peer(7, evil)] })
    const scene = inGroup(group, { name: evil, description: evil })
    const looks = [scene.text()]
    const by = { ...peer(1), name: evil, handle: evil }
    scene.take({ kind: 'group-news', news: { ...news(1, { change: 'profile', by }), name: evil } })
    looks.push(scene.text(), scene.press('ctrl+p').text(), scene.press('enter').text())
    scene.press('escape', 'home', 'down', 'down', 'enter')
    looks.push(scene.text())
    scene.press('escape', 'end', 'up', 'up', 'enter')
    looks.push(scene.text(), scene.press('escape', 'escape', 'escape').text())
    for (const text of looks) expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
  })

  test('the groups are spoken of in Russian, too', () => {
    const scene = new Scene(undefined, 'ru').chats(groupWith(1, { people: 5 })).type('п')
    expect(scene.text()).toContain('Новая группа')
    scene.press('escape', 'enter').page(messages(1, 1, 1))
    scene.take({ kind: 'group', group: groupState(1, 'owner', three) })
    expect(scene.rows()[0]).toMatch(/Group 1 +5 человек/)
    scene.press('escape').type('ь')
    expect(scene.text()).toMatch(/Люди группы «Group 1»[\s\S]*Вы +@vera +владелец/)
  })

  test('F1 names the keys of groups', () => {
    const scene = new Scene({ columns: 80, rows: 40 }).press('help')
    expect(scene.text()).toMatch(/g +make a group/)
    expect(scene.text()).toMatch(/m {2}Ctrl\+P +people of the group/)
  })
})
