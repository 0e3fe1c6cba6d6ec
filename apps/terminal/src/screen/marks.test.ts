import { expect, test } from 'vitest'
import { en } from '../words/en.ts'
import { keyRows } from './key-list.ts'
import { lineText } from './line.ts'
import { marks } from './look.ts'
import type { ChatItem } from './talk-state.ts'
import { talkFrame } from './talk-view.ts'
import { chatId, chatWith, own, peer, Scene } from './testing/scene.ts'

const last = (number: number, at: number): NonNullable<ChatItem['last']> => ({
  chat: chatId(number),
  id: 'aaaaaaaaaaaaaaaaaaaaaaaaaa' as NonNullable<ChatItem['last']>['id'],
  seq: 2n,
  from: peer(number),
  text: `text ${number}`,
  at,
  state: 'sent',
})

test('M20 pinned chats stand first, and say so without colour', () => {
  const scene = new Scene().chats(
    chatWith(1, { last: last(1, 3000) }),
    chatWith(2, { last: last(2, 1000), pinned: true }),
  )
  const rows = scene.rows().map((row) => row.split('│')[0]!)
  const rowOf = (name: string) => rows.findIndex((row) => row.includes(name))
  expect(rowOf('Peer 2')).toBeLessThan(rowOf('Peer 1'))
  expect(rows[rowOf('Peer 2')]).toContain(`Peer 2 ${marks.pinned}`)
  expect(rows[rowOf('Peer 1')]).not.toContain(marks.pinned)
})

test('M20 a muted chat is counted and does not call; one that names somebody does', () => {
  const styleOf = (scene: Scene, text: string) =>
    talkFrame(scene.talk)
      .rows.flat()
      .find((span) => span.text.trim() === text)
  const muted = new Scene().chats(
    chatWith(2, { last: last(2, 2000) }),
    chatWith(1, { unread: 3, muted: true, last: last(1, 1000) }),
  )
  expect(styleOf(muted, '(3)')).toMatchObject({ dim: true })
  expect(styleOf(muted, '3')).toBeUndefined()
  const named = new Scene().chats(chatWith(1, { unread: 3, mentioned: 1, muted: true, last: last(1, 1000) }))
  expect(styleOf(named, '@3')).toMatchObject({ bold: true })
})

test('M20 who writes is told in the list and in the line above the writing, and nothing moves', () => {
  const scene = new Scene({ columns: 100, rows: 24 }).chats(chatWith(1), chatWith(2))
  scene.press('enter')
  const before = scene.rows()
  const typing = (number: number, isTyping: boolean) =>
    scene.take({ kind: 'typing', chat: chatId(1), by: peer(number), isTyping })
  typing(1, true)
  const shown = en.screen.isTyping('Peer 1', 0)
  expect(scene.rows().filter((row) => row.includes(shown)).length).toBe(2)
  expect(scene.rows()).toHaveLength(before.length)
  typing(5, true)
  expect(scene.text()).toContain(en.screen.isTyping('Peer 1', 1))
  typing(1, false)
  typing(5, false)
  expect(scene.rows()).toEqual(before)
})

test('M20 an own message shows how far it has come, told apart without colour', () => {
  const scene = new Scene({ columns: 100, rows: 24 }).chats(chatWith(1))
  scene.press('enter')
  const message = { ...last(1, 1000), from: { account: own.account, handle: own.handle, name: own.name } }
  const markOf = (change: object) => {
    scene.take({ kind: 'message', message: { ...message, ...change } })
    return scene
      .rows()
      .find((row) => row.includes('text 1') && row.includes(':'))!
      .trim()
      .split(' ')
      .at(-1)
  }
  const seen = [
    markOf({ state: 'waiting', seq: undefined }),
    markOf({ state: 'sent' }),
    markOf({ state: 'delivered' }),
    markOf({ state: 'read' }),
    markOf({ state: 'sent', readBy: 3 }),
    markOf({ state: 'sent', readBy: 30 }),
  ]
  expect(seen).toEqual(['◷', '✓', '✓✓', '◉', '◉3', '◉+'])
  scene.take({ kind: 'progress', chat: chatId(1), progressOf: () => ({ state: 'read' }) })
  expect(scene.text()).toContain(marks.read)
})

test('M20 keys mute and pin what is selected, and take it back', () => {
  const scene = new Scene().chats(chatWith(1))
  scene.done()
  scene.type('u').type('p')
  expect(scene.done()).toEqual([
    { kind: 'mute', chat: chatId(1), isMuted: true },
    { kind: 'pin', chat: chatId(1), isPinned: true },
  ])
  scene.chats(chatWith(1, { muted: true, pinned: true }))
  scene.done()
  scene.type('г').type('з') // the same keys on a Russian keyboard
  expect(scene.done()).toEqual([
    { kind: 'mute', chat: chatId(1), isMuted: false },
    { kind: 'pin', chat: chatId(1), isPinned: false },
  ])
})

test('a draft that was kept is there again, and what was typed since stays', () => {
  const scene = new Scene({ columns: 100, rows: 24 }).chats(chatWith(1), chatWith(2))
  scene.press('enter').type('new')
  const first = scene.talk.selected?.kind === 'chat' ? scene.talk.selected.chat : chatId(1)
  const other = first === chatId(1) ? chatId(2) : chatId(1)
  scene.take({ kind: 'drafts', drafts: { [first]: 'old', [other]: 'kept' } })
  expect([scene.talk.drafts[first]?.text, scene.talk.drafts[other]?.text]).toEqual(['new', 'kept'])
})

test('what others see can be switched off in the settings', () => {
  const scene = new Scene({ columns: 100, rows: 40 }).chats(chatWith(1))
  scene.press('ctrl+o').take({ kind: 'switches', switches: { readMarks: true, typing: false } })
  expect(scene.text()).toContain(`${marks.on} ${en.screen.switches.readMarks}`)
  expect(scene.text()).toContain(`${marks.off} ${en.screen.switches.typing}`)
})

test('the list of keys says what the marks mean', () => {
  const text = keyRows(en, 60).map(lineText).join('\n')
  for (const state of Object.values(en.screen.stateTexts)) expect(text).toContain(state)
})
