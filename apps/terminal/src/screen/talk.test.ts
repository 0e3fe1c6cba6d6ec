/** What the screen does, without a terminal. */
import { describe, expect, test } from 'vitest'
import { chatId, chatWith, message, messages, noon, own, peer, request, Scene } from './testing/scene.ts'

/** One chat, opened, with messages at positions 1 to `count`. */
function opened(count: number, more = {}): Scene {
  const scene = new Scene().chats(chatWith(1, { position: BigInt(count), read: BigInt(count), ...more }))
  scene.press('enter').page(messages(1, 1, count))
  scene.done()
  return scene
}

describe('writing', () => {
  test('Enter sends what is written, Alt+Enter does not; the draft is gone once it is taken', () => {
    const scene = opened(1).type('one').press('newline').type('two')
    expect(scene.text()).toMatch(/› one[\s\S]*two/)
    scene.press('enter')
    expect(scene.done()).toContainEqual({ kind: 'send', chat: chatId(1), text: 'one\ntwo' })
    expect(scene.text()).not.toContain('two')
    scene.press('enter')
    expect(scene.done()).toEqual([])
  })

  test('what is pasted keeps its line breaks and never sends', () => {
    const scene = opened(1).key({ kind: 'paste', text: 'a\r\nb\rc\n' })
    expect(scene.done()).toEqual([])
    expect(scene.talk.drafts[chatId(1)]?.text).toBe('a\nb\nc\n')
  })

  test('drafts are kept by chat, and shown in the list', () => {
    const scene = new Scene().chats(chatWith(1), chatWith(2)).press('enter').type('for one')
    scene.press('alt+down').type('for two')
    expect(scene.text()).toContain('Draft: for one')
    scene.press('alt+up')
    expect(scene.text()).toContain('› for one')
    expect(scene.text()).toContain('Draft: for two')
  })

  test('what could not be taken goes back to where it was written, before what came meanwhile', () => {
    const scene = opened(1).type('first').press('enter').type('second')
    scene.take({ kind: 'not-taken', chat: chatId(1), text: 'first' })
    expect(scene.talk.drafts[chatId(1)]?.text).toBe('first\nsecond')
  })

  test('a message waits with a clock, then has a tick; one that is not sent says so and can be sent again', () => {
    const scene = opened(1)
    const mine = message(1, 9, { from: own, text: 'mine', state: 'waiting' })
    const { seq: _seq, ...waiting } = mine
    scene.take({ kind: 'message', message: waiting })
    expect(scene.text()).toMatch(/You {2}mine +\d\d:\d\d ◷/)
    scene.take({ kind: 'message', message: { ...mine, state: 'sent' } })
    expect(scene.text()).toMatch(/You {2}mine +\d\d:\d\d ✓/)
    scene.take({ kind: 'message', message: { ...waiting, state: 'not-sent' } })
    scene.chats(chatWith(1, { notSent: 1 })).press('ctrl+r')
    expect(scene.text()).toMatch(/You {2}mine +\d\d:\d\d ✗[\s\S]*not sent · Ctrl\+R/)
    expect(scene.done()).toContainEqual({ kind: 'resend', chat: chatId(1) })
  })

  test('where nothing can be written it says why, and takes no text', () => {
    const scene = opened(1, { state: 'removed' }).type('text').press('enter')
    expect(scene.text()).toContain('You are no longer in this chat')
    expect(scene.done()).toEqual([])
  })
})

describe('reading', () => {
  test('looking at a chat beside the list reads nothing; opening it does, to its end', () => {
    const scene = new Scene().chats(chatWith(1, { unread: 2, position: 2n, read: 0n }))
    scene.page(messages(1, 1, 2))
    expect(scene.done().filter(({ kind }) => kind === 'mark-read')).toEqual([])
    expect(scene.text()).toMatch(/Private chats +2/)
    scene.press('enter')
    expect(scene.done()).toContainEqual({ kind: 'mark-read', chat: chatId(1), seq: 2n })
    expect(scene.text()).not.toMatch(/Private chats +2/)
    expect(scene.text()).toContain('── new ──')
  })

  test('nothing that comes moves what somebody reads above; it is counted below', () => {
    const scene = opened(100).press('page-up', 'page-up')
    const pane = () =>
      scene
        .rows()
        .map((row) => row.slice(28))
        .slice(2, 20)
    const before = pane()
    scene.take({ kind: 'message', message: message(1, 101) })
    expect(pane()).toEqual(before)
    expect(scene.text()).toContain('1 new message below')
    expect(scene.done().filter(({ kind }) => kind === 'mark-read')).toEqual([])
    scene.take({ kind: 'message', message: message(1, 102, { from: own }) })
    expect(scene.text()).toContain('1 new message below')
    scene.press('ctrl+end')
    expect(scene.text()).toContain('message 102')
    expect(scene.text()).not.toContain('below')
    expect(scene.done()).toContainEqual({ kind: 'mark-read', chat: chatId(1), seq: 102n })
  })

  test('an older page is asked for before somebody comes to its end, once, and moves nothing', () => {
    const scene = opened(0)
    scene.page(messages(1, 201, 300))
    expect(scene.done()).toEqual([{ kind: 'mark-read', chat: chatId(1), seq: 300n }])
    while (scene.effects.length === 0) scene.press('page-up')
    expect(scene.done()).toEqual([{ kind: 'read', chat: chatId(1), page: { kind: 'older', before: 201n } }])
    scene.press('page-up')
    expect(scene.done()).toEqual([])
    const before = scene.text()
    scene.take({ kind: 'page', chat: chatId(1), which: { kind: 'older' }, messages: messages(1, 101, 200) })
    expect(scene.text()).toBe(before)
    for (let page = 0; page < 40; page++) scene.press('page-up')
    expect(scene.text()).toContain('message 101')
  })

  test('M16 what is older than this device is asked for once more when some of it came, and how far it is stands below', () => {
    const scene = opened(1)
    scene.page([])
    scene.done()
    const archive = { read: 1200, total: 3400, done: false, gaps: [] }
    scene.chats(chatWith(1, { archive }))
    expect(scene.rows().at(-1)).toContain('History: 1,200 of 3,400')
    scene.take({ kind: 'older', chat: chatId(1) })
    expect(scene.done()).toEqual([{ kind: 'read', chat: chatId(1), page: { kind: 'newest' } }])
    scene.page(messages(1, 10, 12))
    scene.take({ kind: 'page', chat: chatId(1), which: { kind: 'older' }, messages: [] })
    scene.done()
    scene.take({ kind: 'older', chat: chatId(1) })
    expect(scene.done()).toEqual([{ kind: 'read', chat: chatId(1), page: { kind: 'older', before: 10n } }])
    scene.chats(chatWith(1, { archive: { ...archive, done: true } }))
    expect(scene.rows().at(-1)).not.toContain('History')
  })

  test('M15 what cannot be read is one line where it stood', () => {
    const scene = opened(1)
    scene.page([message(1, 10), message(1, 20)])
    const gap = (first: bigint, last: bigint, count: number, reason: 'no-key' | 'removed') => ({
      first,
      last,
      count,
      reason,
    })
    const gaps = [gap(1n, 9n, 7, 'no-key'), gap(12n, 15n, 3, 'removed'), gap(21n, 24n, 2, 'no-key')]
    scene.chats(chatWith(1, { archive: { read: 30, total: 30, done: true, gaps } }))
    const order = () => scene.rows().flatMap((row) => /(\d+) messages|message (\d+)/.exec(row)?.[0] ?? [])
    expect(order()).toEqual(['message 10', '3 messages', 'message 20', '2 messages'])
    scene.take({ kind: 'page', chat: chatId(1), which: { kind: 'older' }, messages: [] })
    expect(order()).toEqual(['7 messages', 'message 10', '3 messages', 'message 20', '2 messages'])
  })

  test('the first message is never scrolled out of sight, nor the last', () => {
    const scene = opened(40)
    scene.take({ kind: 'page', chat: chatId(1), which: { kind: 'older' }, messages: [] })
    for (let page = 0; page < 20; page++) scene.press('page-up')
    expect(scene.text()).toMatch(/message 1 /)
    expect(scene.rows()[2]).toContain('today')
    for (let page = 0; page < 20; page++) scene.press('page-down')
    expect(scene.text()).toContain('message 40')
    expect(scene.talk.conversation?.place).toEqual({ kind: 'end' })
  })

  test('a message that got its place before one that came later stands before it', () => {
    const scene = opened(1)
    scene.take({ kind: 'message', message: message(1, 3) }).take({ kind: 'message', message: message(1, 2) })
    expect(scene.talk.conversation?.messages.map(({ seq }) => seq)).toEqual([1n, 2n, 3n])
  })

  test('a message is found among those around it, and the way back to the newest is told', () => {
    const scene = opened(3).press('ctrl+f').type('lilac').press('enter')
    expect(scene.done()).toContainEqual({ kind: 'search', text: 'lilac' })
    const found = message(1, 50, { text: 'the lilac blooms' })
    scene.take({ kind: 'found', text: 'lilac', messages: [found, message(1, 40, { text: 'lilac' })] })
    scene.press('enter')
    expect(scene.done()).toContainEqual({
      kind: 'read',
      chat: chatId(1),
      page: { kind: 'around', id: found.id, seq: 50n },
    })
    const around = messages(1, 1, 99).map((each) => (each.id === found.id ? found : each))
    scene.take({ kind: 'page', chat: chatId(1), which: { kind: 'around', id: found.id }, messages: around })
    expect(scene.text()).toContain('the lilac blooms')
    expect(scene.text()).toContain('Ctrl+End: newest')
    scene.take({ kind: 'page', chat: chatId(1), which: { kind: 'older' }, messages: [] })
    scene.press('page-down', 'page-down', 'page-down', 'page-down')
    expect(scene.done()).toContainEqual({
      kind: 'read',
      chat: chatId(1),
      page: { kind: 'newer', after: 99n },
    })
    scene.take({ kind: 'page', chat: chatId(1), which: { kind: 'newer' }, messages: messages(1, 100, 120) })
    expect(scene.text()).toContain('message 99')
    expect(scene.text()).not.toContain('message 115')
  })

  test('results of a search that is no longer asked for are not shown', () => {
    const scene = opened(1).press('ctrl+f').type('a').press('enter').type('b')
    scene.take({ kind: 'found', text: 'a', messages: [message(1, 1)] })
    expect(scene.talk.place).toMatchObject({ kind: 'search', found: undefined })
  })
})

describe('requests and people', () => {
  test('M11 M19 a request shows name, handle and what can be answered, and nothing is chosen by arriving', () => {
    const scene = new Scene().take({ kind: 'requests', requests: { incoming: [request(3)], outgoing: [] } })
    expect(scene.text()).toMatch(/Requests +1/)
    scene.press('enter')
    expect(scene.text()).toMatch(/Peer 3[\s\S]*@peer3[\s\S]*wants to write to you/)
    expect(scene.done()).toEqual([])
    scene.press('down', 'enter')
    expect(scene.done()).toEqual([{ kind: 'answer', id: 'request-3', answer: 'refuse' }])
  })

  test('M19 blocking is asked about once more, and "back" is what is chosen first', () => {
    const scene = new Scene().take({ kind: 'requests', requests: { incoming: [request(3)], outgoing: [] } })
    scene.press('enter', 'end', 'enter', 'enter')
    expect(scene.done()).toEqual([])
    scene.press('enter', 'end', 'enter', 'up', 'enter')
    expect(scene.done()).toEqual([{ kind: 'block', handle: 'peer3' }])
  })

  test('the command letters work in the Russian layout', () => {
    const scene = new Scene(undefined, 'ru').type('т')
    expect(scene.text()).toContain('Новый личный чат')
    scene.press('escape').type('ы')
    expect(scene.text()).toContain('Кто может мне написать')
    scene.press('escape').type('й')
    expect(scene.done()).toContainEqual({ kind: 'quit' })
  })

  test('M14 somebody is asked by handle, with the sign or without; what came of it is told there', () => {
    const scene = new Scene().type('n').type('@boris').press('enter', 'enter')
    expect(scene.done()).toEqual([
      { kind: 'find', text: '@boris', groups: true },
      { kind: 'ask', handle: 'boris' },
    ])
    scene.take({ kind: 'asked', told: '@boris is asked.', isDone: true })
    expect(scene.text()).toContain('@boris is asked.')
  })

  test('M12 M21 people are shown below what is typed, one of them is asked, and late answers are passed over', () => {
    const scene = new Scene().type('n').type('a')
    expect(scene.done()).toEqual([])
    scene.type('n')
    expect(scene.done()).toEqual([{ kind: 'find', text: 'an', groups: true }])
    scene.take({ kind: 'people', text: 'bo', people: [peer(7)] })
    expect(scene.text()).not.toContain('Peer 7')
    scene.take({ kind: 'people', text: 'an', people: [peer(8, 'Anna'), peer(9, 'Anton')] })
    expect(scene.text()).toContain('Anton (@peer9)')
    scene.press('down', 'down', 'enter')
    expect(scene.done()).toEqual([{ kind: 'ask', handle: 'peer9' }])
  })

  test('A2 the safety number is compared, marked, and the mark taken back', () => {
    const scene = opened(1).press('ctrl+g')
    expect(scene.done()).toEqual([{ kind: 'compare', handle: 'peer1' }])
    const compared = { ...peer(1), safetyNumber: Array(12).fill('12345').join(' '), verified: false }
    scene.take({ kind: 'compared', compared, code: undefined })
    expect(scene.text().match(/12345/g)).toHaveLength(12)
    scene.press('enter')
    expect(scene.done()).toEqual([{ kind: 'set-verified', handle: 'peer1', verified: true }])
    scene
      .take({ kind: 'compared', compared: { ...compared, verified: true }, code: undefined })
      .press('enter')
    expect(scene.done()).toEqual([{ kind: 'set-verified', handle: 'peer1', verified: false }])
  })

  test('A2 a handle that stands for another account stops writing, says why, and gives one way on', () => {
    const scene = opened(1, { state: 'changed-binding' })
    expect(scene.text()).toContain('This handle belongs to another account than before.')
    scene.press('enter')
    expect(scene.done()).toEqual([{ kind: 'ask-binding', chat: chatId(1) }])
    const change = { ...peer(1), safetyNumber: Array(12).fill('54321').join(' ') }
    scene.take({ kind: 'changed-binding', chat: chatId(1), change }).press('enter')
    expect(scene.done()).toEqual([])
    scene
      .press('enter')
      .take({ kind: 'changed-binding', chat: chatId(1), change })
      .press('home', 'enter')
    expect(scene.done()).toContainEqual({ kind: 'accept-binding', chat: chatId(1), isCompared: true })
  })

  test('M22 what is kept is in sight; erasing is asked about once more, keeping is not', () => {
    const scene = opened(1).press('escape').type('k')
    expect(scene.rows().at(-1)).toContain('kept: server, device')
    scene.press('home', 'enter', 'enter')
    expect(scene.done()).toEqual([])
    scene.press('home', 'enter', 'home', 'enter')
    expect(scene.done()).toEqual([{ kind: 'keep', chat: chatId(1), where: 'server', kept: false }])
    scene.chats(chatWith(1, { kept: { device: false, server: false, ownServer: false, peerServer: true } }))
    expect(scene.rows().at(-1)).toContain('kept nowhere')
    scene.press('home', 'down', 'enter')
    expect(scene.done()).toEqual([{ kind: 'keep', chat: chatId(1), where: 'device', kept: true }])
  })

  test('M11 M12 the settings show what is set once the server has told, and set what is chosen', () => {
    const scene = new Scene().type('s')
    expect(scene.done()).toEqual([{ kind: 'ask-settings' }])
    expect(scene.text()).not.toContain('● ask me')
    scene.take({ kind: 'settings', settings: { acceptance: 'confirm', visibility: 'closed' } })
    expect(scene.text()).toContain('● ask me')
    scene.take({ kind: 'blocked', blocked: [{ handle: 'peer9' }] })
    scene.press('enter', 'down', 'down', 'down', 'enter', 'end', 'enter')
    expect(scene.done()).toEqual([
      { kind: 'set-acceptance', acceptance: 'forbidden' },
      { kind: 'set-visibility', visibility: 'open' },
      { kind: 'unblock', handle: 'peer9' },
    ])
  })
})

describe('how it looks', () => {
  const sizes = [
    [80, 24],
    [120, 40],
    [59, 24],
    [24, 8],
  ] as const

  test.each(sizes)('every row is exactly as wide as the window, in every place: %i×%i', (columns, rows) => {
    for (const language of ['en', 'ru'] as const) {
      const scene = new Scene({ columns, rows }, language)
      const last = message(1, 2, { text: '漢字 👨‍👩‍👧 e\u0301 '.repeat(30) })
      const chats = [
        chatWith(1, { last, unread: 3, with: peer(1, 'Имя '.repeat(16)) }),
        chatWith(2, { verified: true }),
      ]
      scene.chats(...chats).take({
        kind: 'requests',
        requests: { incoming: [request(3)], outgoing: [request(4, { direction: 'outgoing' })] },
      })
      const check = () => {
        expect(scene.rows()).toHaveLength(rows)
        expect(new Set(scene.widths()), scene.text()).toEqual(new Set([columns]))
      }
      check()
      scene.press('down', 'enter').page([message(1, 1), last])
      scene.type('черновик '.repeat(60))
      check()
      for (const key of ['ctrl+n', 'ctrl+f', 'ctrl+o', 'help', 'ctrl+t', 'ctrl+t'] as const) {
        scene.press(key)
        check()
      }
      scene.take({ kind: 'remark', text: 'Something went wrong. '.repeat(20) }).press('escape')
      check()
    }
  })

  test('a window that is too small says one thing', () => {
    expect(new Scene({ columns: 20, rows: 5 }).rows()).toEqual(['Please make the window larger.'])
  })

  test('a narrow window shows one of the two at a time', () => {
    const scene = new Scene({ columns: 50, rows: 20 }).chats(chatWith(1))
    expect(scene.text()).toContain('Private chats')
    scene.press('enter')
    expect(scene.text()).not.toContain('Private chats')
    scene.press('escape')
    expect(scene.text()).toContain('Private chats')
  })

  test('M20 groups have a place of their own; an empty place says what will be there and what to do', () => {
    const text = new Scene().text()
    expect(text).toMatch(/Your groups will be\s+│?\s+here\. Make one: press g/)
    expect(text).toMatch(/press\s+n/)
  })

  test('what is selected stays in sight in a list of any length', () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      chatWith(index + 1, { last: message(index + 1, 1) }),
    )
    const scene = new Scene().chats(...many)
    for (let press = 0; press < 59; press++) {
      scene.press('down')
      expect(scene.rows().filter((row) => row.startsWith('▸'))).toHaveLength(1)
    }
    scene.press('home')
    expect(scene.rows()[0]).toContain('Private chats')
  })

  test('C11 nobody appears under the reader’s own name, nor as "You"', () => {
    const scene = new Scene().chats(chatWith(1, { with: peer(1, ' YOU ') })).press('enter')
    scene.page([message(1, 1, { from: peer(1, ' YOU ') }), message(1, 2, { from: peer(1, 'vera') })])
    expect(scene.text()).toContain('YOU (@peer1)  message 1')
    expect(scene.text()).toContain('vera (@peer1)  message 2')
  })

  test('C12 nothing that a terminal would obey is in a row, wherever it came from', () => {
    const evil = '\u{1b}[2J\u{9b}31m\u{202e}\r\n\u{7}\u{8}name'
    const scene = new Scene()
      .chats(chatWith(1, { with: peer(1, evil), last: message(1, 1, { text: evil }) }))
      .take({
        kind: 'requests',
        requests: { incoming: [request(3, { name: evil, handle: evil })], outgoing: [] },
      })
    scene.press('end', 'enter').page([message(1, 1, { text: evil, from: peer(1, evil) })])
    scene.key({ kind: 'paste', text: evil })
    const looks = [scene.text(), scene.press('escape', 'home', 'enter').text()]
    for (const text of looks) expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202a-\u202e]/u)
  })

  test('a pile of marks on one letter is cut, letters of living scripts are not', () => {
    const scene = new Scene().chats(chatWith(1)).press('enter')
    scene.page([message(1, 1, { text: `Z${'\u0301'.repeat(500)} क्षि é` })])
    expect(scene.text()).toContain('क्षि é')
    expect(scene.text().match(/\u0301/g)!.length).toBeLessThan(40)
  })

  test('times are today’s, yesterday’s or a day’s', () => {
    const dayMs = 86_400_000
    const scene = new Scene({ columns: 100, rows: 24 })
    const days = [0, 1, 40, 500].map((ago, index) =>
      chatWith(index + 1, { last: message(index + 1, 1, { at: noon - ago * dayMs }) }),
    )
    const text = scene.chats(...days).text()
    expect(text).toMatch(/Peer 1 +12:00/)
    expect(text).toMatch(/Peer 2 +yesterday/)
    expect(text).toMatch(/Peer 3 +11 Oct/)
    expect(text).toMatch(/Peer 4 +08\/07\/2025/)
  })

  test('the cursor stands where the next character goes, behind wide ones too', () => {
    const scene = opened(1)
    const { x, y } = scene.cursor!
    scene.type('漢e\u0301')
    expect(scene.cursor).toEqual({ x: x + 3, y })
    scene.press('left', 'left', 'left')
    expect(scene.cursor).toEqual({ x, y })
  })
})
