/** Answering messages and names in them, without a terminal. */
import { expect, test } from 'vitest'
import {
  chatId,
  chatWith,
  groupWith,
  message,
  messageId,
  messages,
  own,
  peer,
  Scene,
} from './testing/scene.ts'

function opened(count: number): Scene {
  const scene = new Scene().chats(chatWith(1, { position: BigInt(count), read: BigInt(count) }))
  scene.press('enter').page(messages(1, 1, count))
  scene.done()
  return scene
}

test('M14 Ctrl+Y answers the last message of another, and again the one before it; Esc answers none', () => {
  const scene = opened(3).press('ctrl+y')
  expect(scene.text()).toMatch(/↳ Peer 1: message 3 +Esc: no answer\n.*│ › /)
  scene.press('ctrl+y').type('Yes')
  expect(scene.text()).toContain('↳ Peer 1: message 2')
  scene.press('ctrl+y', 'ctrl+y', 'ctrl+y')
  expect(scene.text()).toContain('↳ Peer 1: message 1')
  scene.press('escape')
  expect(scene.text()).not.toContain('↳')
  expect(scene.talk.focus).toBe('pane')
  scene.press('ctrl+y', 'enter')
  expect(scene.done()).toContainEqual({ kind: 'send', chat: chatId(1), text: 'Yes', replyTo: messageId(3) })
  expect(scene.text()).not.toContain('↳')
})

test('M14 an earlier message that is to be answered comes into view, and the end again when it is sent', () => {
  const scene = opened(100)
  for (let times = 0; times < 60; times++) scene.press('ctrl+y')
  expect(scene.text()).toContain('Peer 1  message 41')
  expect(scene.text()).not.toContain('message 100')
  scene.type('Yes').press('enter')
  expect(scene.text()).toContain('message 100')
})

test('one does not answer oneself, nor where nothing can be written', () => {
  const scene = opened(0).page([message(1, 1, { from: own })])
  expect(scene.press('ctrl+y').text()).not.toContain('↳')
  scene.chats(chatWith(1, { state: 'removed' })).page(messages(1, 1, 1))
  expect(scene.press('ctrl+y').text()).not.toContain('↳')
})

test('M14 an answer shows what it answers beside the name, its own text below', () => {
  const scene = opened(2)
  const answer = message(1, 3, { replyTo: messageId(2), text: 'At noon' })
  scene.take({ kind: 'message', message: answer })
  expect(scene.text()).toMatch(/Peer 1 {2}↳ Peer 1: message 2 +\d\d:\d\d.*\n.*│ {2,3}At noon/)
  expect(scene.done().filter(({ kind }) => kind === 'read-answered')).toEqual([])
})

test('M14 what is answered and not on hand is read once; what is not here is told so', () => {
  const scene = new Scene().chats(chatWith(1, { position: 9n, read: 9n })).press('enter')
  scene.page([
    message(1, 8, { replyTo: messageId(2), text: 'one' }),
    message(1, 9, { replyTo: messageId(3), text: 'two' }),
  ])
  const reads = () => scene.done().filter(({ kind }) => kind === 'read-answered')
  expect(reads()).toEqual([{ kind: 'read-answered', chat: chatId(1), ids: [messageId(2), messageId(3)] }])
  const long = message(1, 2, { from: own, text: 'a very long question '.repeat(20) })
  scene.take({ kind: 'answered', chat: chatId(1), messages: [long] })
  expect(scene.text()).toMatch(/↳ You: a very long question a ver… 11:59/)
  expect(scene.text()).toContain('↳ a message that is not here ')
  expect(scene.widths()).toEqual(Array(24).fill(80))
  expect(reads()).toEqual([])
})

test('M14 who is named stands out, oneself most; the list marks a chat where one is named', () => {
  const scene = new Scene().chats(groupWith(1, { unread: 2, mentioned: 1 }))
  expect(scene.text()).toContain(' @2 ')
  scene.press('enter')
  const mentions = [own, peer(2)].map(({ account, handle, name }) => ({ account, handle, name }))
  scene.page([message(1, 1, { text: '@Vera and @peer2, not @nobody', mentions })])
  const spans = scene.spans().filter(({ bold, text }) => bold && text.startsWith('@'))
  expect(spans).toEqual([
    { text: '@Vera', bold: true, colour: 'yellow' },
    { text: '@peer2', bold: true },
  ])
})
