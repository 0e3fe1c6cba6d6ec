/** How people, messages, events, requests and accounts are shown, to people and to programs. */
import { AccountId, ChatId, DeviceId, MessageId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { accountFields, accountText } from './account-view.ts'
import { eventFields, eventText, type ShownEvent } from './event-view.ts'
import { conversationText, messageFields, messageText, personText } from './message-view.ts'
import { jsonLine, plainText } from './plain-text.ts'
import { requestFields, requestsText } from './request-view.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

const alice = { account: AccountId.parse('a'.repeat(52)), handle: 'alice', name: 'Алиса' }
const bob = { account: AccountId.parse(`${'b'.repeat(51)}q`), handle: 'bob', name: 'Bob' }
const chat = ChatId.parse(`${'c'.repeat(25)}a`)
const id = MessageId.parse(`${'m'.repeat(25)}a`)
const device = DeviceId.parse(`${'d'.repeat(25)}a`)
const at = new Date(2026, 10, 20, 11, 40).getTime()
const message = {
  chat,
  id,
  seq: 7n,
  from: alice,
  text: 'Рассада готова.\nДо шести.',
  at,
  state: 'sent',
} as const
const incoming = {
  id: 'r1',
  direction: 'incoming',
  handle: 'alice',
  name: 'Алиса',
  status: 'pending',
  at,
} as const
const outgoing = { id: 'r2', direction: 'outgoing', handle: 'carol', status: 'refused', at } as const
const russian = { words: ru, language: 'ru', account: bob.account } as const
const english = { words: en, language: 'en', account: bob.account } as const

test('M13 the sender’s name and handle stand before each message', () => {
  expect(messageText(message, russian)).toBe('11:40  Алиса (@alice): Рассада готова.\n       До шести.')
  expect(messageText({ ...message, from: bob, text: 'Приду.' }, russian)).toBe('11:40  Вы: Приду.')
  expect(messageText({ ...message, from: bob, text: 'Coming.' }, english)).toBe('11:40  You: Coming.')
})

test('a message that waits says so', () => {
  const { seq: _, ...unsent } = { ...message, from: bob, text: 'Приду.', state: 'waiting' as const }
  expect(messageText(unsent, russian)).toBe('11:40  Вы (ждёт): Приду.')
  expect(messageFields(unsent)).toMatchObject({ seq: null, state: 'waiting' })
})

test('a conversation has its days above it', () => {
  const next = { ...message, text: 'Ещё раз.', at: new Date(2026, 10, 21, 0, 5).getTime() }
  expect(conversationText([message, next], russian)).toBe(
    '20 ноября 2026 г.\n11:40  Алиса (@alice): Рассада готова.\n       До шести.\n\n' +
      '21 ноября 2026 г.\n00:05  Алиса (@alice): Ещё раз.',
  )
})

test('messages of several chats have above them whom the chat is with', () => {
  const own = { ...message, from: bob, text: 'Приду.', at: new Date(2026, 10, 20, 12, 5).getTime() }
  const messages = [message, own, { ...own, text: 'И вам.' }]
  expect(conversationText(messages, russian, (one) => (one === message ? '@alice' : '@carol'))).toBe(
    '20 ноября 2026 г. · @alice\n11:40  Алиса (@alice): Рассада готова.\n       До шести.\n\n' +
      '20 ноября 2026 г. · @carol\n12:05  Вы: Приду.\n12:05  Вы: И вам.',
  )
})

test('programs get a message whole', () => {
  expect(messageFields(message)).toEqual({
    type: 'message',
    chat,
    from: 'alice',
    name: 'Алиса',
    account: alice.account,
    text: message.text,
    id,
    seq: 7,
    at: new Date(at).toISOString(),
    state: 'sent',
  })
})

test('C12 no message, name or handle can make a line of its own or command the terminal', () => {
  for (let byte = 0; byte < 256; byte++) {
    for (const hostile of [String.fromCharCode(byte), Buffer.from([byte]).toString('utf8')]) {
      const from = { ...alice, handle: `m${hostile}m`, name: `${hostile}Mal${hostile}` }
      const attack = { ...message, from, text: `${hostile}12:00  Bob (@bob): yes${hostile}\n12:00  Bob: yes` }
      const shown = plainText(conversationText([attack], english))
      const lines = shown.split('\n').slice(1)
      expect(lines[0]).toMatch(/^11:40 {2}/)
      for (const line of lines.slice(1)) expect(line).toMatch(/^ {7}/)
      expect(plainText(personText(from))).not.toContain('\n')
      expect(shown).not.toMatch(/(?!\n|\t)\p{Cc}/u)
      expect(jsonLine(messageFields(attack))).not.toMatch(/\p{Cc}/u)
    }
  }
})

test.each<[ShownEvent, string, object]>([
  [{ type: 'message', ...message, text: 'hi' }, '11:40  Алиса (@alice): hi', { type: 'message', text: 'hi' }],
  [
    { type: 'request', ...incoming },
    '11:40  Алиса (@alice) wants to write to you.\n       veche requests allow @alice   ·   veche requests refuse @alice',
    { type: 'request', request: 'r1', from: 'alice', handle: 'alice', name: 'Алиса', status: 'pending' },
  ],
  [
    { type: 'request', ...outgoing },
    '11:40  @carol: refused',
    { type: 'answer', request: 'r2', from: 'carol', direction: 'outgoing', status: 'refused' },
  ],
  [
    { type: 'chat', chat, with: alice },
    'The private chat with Алиса (@alice) is open.',
    { type: 'chat', chat, from: 'alice', name: 'Алиса', account: alice.account },
  ],
  [
    { type: 'notice', notice: 'unreadable', chat, seq: 3n, detail: 'why' },
    en.notices.unreadable,
    { type: 'notice', notice: 'unreadable', chat, seq: 3, detail: 'why' },
  ],
  [
    { type: 'notice', notice: 'not-joined' },
    en.notices['not-joined'],
    { type: 'notice', notice: 'not-joined', chat: null, seq: null, detail: null },
  ],
  [
    { type: 'notice', notice: 'not-sent', chat, detail: 'not_accepted' },
    en.notSent.not_accepted,
    { type: 'notice', notice: 'not-sent', chat, detail: 'not_accepted' },
  ],
  [
    { type: 'notice', notice: 'not-sent', chat, detail: 'constructor' },
    en.notices['not-sent'],
    { type: 'notice', notice: 'not-sent' },
  ],
])('event %#', (event, text, fields) => {
  expect(eventText(event, english)).toBe(text)
  expect(eventFields(event)).toMatchObject(fields)
})

test('requests, both ways', () => {
  expect(requestsText({ incoming: [incoming], outgoing: [outgoing] }, ru)).toBe(
    'К вам:\n  Алиса (@alice)  ждёт ответа  r1\n\nВаши:\n  @carol  отказано  r2',
  )
  expect(requestsText({ incoming: [], outgoing: [outgoing] }, en)).toBe('By you:\n  @carol  refused  r2')
  expect(requestsText({ incoming: [], outgoing: [] }, en)).toBe(en.says.noRequests)
  expect(requestFields(incoming)).toEqual({
    direction: 'incoming',
    request: 'r1',
    handle: 'alice',
    name: 'Алиса',
    status: 'pending',
    at: new Date(at).toISOString(),
  })
  expect(requestFields(outgoing)).toEqual({
    direction: 'outgoing',
    request: 'r2',
    handle: 'carol',
    status: 'refused',
    at: new Date(at).toISOString(),
  })
})

const garden = { type: 'group', chat, name: 'Огород' } as const

test.each<[Extract<ShownEvent, { type: 'group' }>, string, string]>([
  [
    { ...garden, change: 'members', how: 'added', who: bob, by: alice },
    'Group “Огород”: in it now: You. Done by Алиса (@alice).',
    'Группа «Огород»: теперь в ней Вы. Кто это сделал: Алиса (@alice).',
  ],
  [
    { ...garden, change: 'members', how: 'left', who: alice, by: bob },
    'Group “Огород”: has left it: Алиса (@alice).',
    'Группа «Огород»: Алиса (@alice) больше не в ней, по своему желанию.',
  ],
  [
    { ...garden, change: 'roles', role: 'admin', who: bob, by: alice },
    'Group “Огород”: now admin: You. Done by Алиса (@alice).',
    'Группа «Огород»: Вы — теперь администратор. Кто это сделал: Алиса (@alice).',
  ],
  [
    { ...garden, change: 'left', by: alice },
    'You are no longer in the group “Огород”. What this device has of it stays. Done by Алиса (@alice).',
    'Вас больше нет в группе «Огород». То, что есть на этом устройстве, остаётся. Кто это сделал: Алиса (@alice).',
  ],
  [{ ...garden, change: 'left', by: bob }, en.says.group.left('Огород'), ru.says.group.left('Огород')],
])('M13 a change in a group says what is so now, and who did it: %#', (event, inEnglish, inRussian) => {
  expect(eventText(event, english)).toBe(inEnglish)
  expect(eventText(event, russian)).toBe(inRussian)
  expect(eventFields(event)).toMatchObject({ type: 'group', chat, name: 'Огород', change: event.change })
})

test('M11 a request into a group says so, and names the group to who asked', () => {
  const into = { ...incoming, group: true } as const
  expect(eventText({ type: 'request', ...into }, russian)).toContain(
    'Алиса (@alice) хочет добавить вас в группу.',
  )
  const asked = { ...outgoing, group: true, chat } as const
  const nameOf = () => 'Огород'
  expect(requestsText({ incoming: [into], outgoing: [asked] }, ru, nameOf)).toBe(
    'К вам:\n  Алиса (@alice), в группу  ждёт ответа  r1\n\n' +
      'Ваши:\n  @carol, в группу «Огород»  пока не хочет быть в группе  r2',
  )
  expect(requestFields(into)).toMatchObject({ group: true })
  expect(requestFields(asked)).toMatchObject({ group: true, chat })
})

test('C11 a group that is called as a person is shown in quotes, one without a readable name by its id', () => {
  const hostile = { type: 'chat', chat, name: 'Алиса (@alice)' } as const
  expect(eventText(hostile, russian)).toBe('Вы в группе «Алиса (@alice)».')
  expect(eventText({ ...hostile, name: '' }, russian)).toBe(`Вы в группе «${chat}».`)
  const inGroup = { ...russian, groupOf: () => 'Огород' }
  expect(messageText({ ...message, text: 'Да.' }, inGroup)).toBe('11:40  «Огород» · Алиса (@alice): Да.')
})

test('an account', () => {
  const account = {
    kind: 'ready',
    ...alice,
    device,
    server: 'https://veche.example',
    administrator: false,
  } as const
  expect(accountText(account, en)).toBe(
    `  handle   @alice\n  name     Алиса\n  server   https://veche.example\n  account  ${alice.account}\n  device   ${device}`,
  )
  expect(accountFields(account)).toEqual({ ...alice, device, server: 'https://veche.example' })
})

test('A2 a request under a handle that stands for another account is marked, for programs too', () => {
  const changed = { ...incoming, changed: true } as const
  expect(requestsText({ incoming: [changed], outgoing: [] }, en)).toContain(
    `Алиса (@alice) (${en.labels.claimed})`,
  )
  expect(eventText({ type: 'request', ...changed }, russian)).toContain(
    `Алиса (@alice) (${ru.labels.claimed})`,
  )
  expect(requestFields(changed)).toMatchObject({ changed: true })
  expect(requestFields(incoming)).not.toHaveProperty('changed')
})

test('C11 C12 all 256 bytes at every place of a name, a handle and a text: no control is printed, the handle always is', () => {
  const places = [(it: string) => `${it}x`, (it: string) => `x${it}x`, (it: string) => `x${it}`]
  for (let byte = 0; byte < 256; byte++) {
    for (const encoding of ['latin1', 'utf8'] as const) {
      for (const place of places) {
        const hostile = place(Buffer.from([byte]).toString(encoding))
        const from = { ...alice, name: hostile }
        const texts = [
          messageText({ ...message, from, text: hostile }, english),
          eventText({ type: 'chat', chat, with: from }, english),
          eventText({ type: 'request', ...incoming, name: hostile }, english),
          requestsText({ incoming: [{ ...incoming, name: hostile }], outgoing: [] }, en),
          conversationText([{ ...message, from, text: hostile }], english),
        ]
        for (const text of texts) {
          expect(plainText(text!), `byte ${byte}`).toContain('@alice')
          expect([...plainText(text!)].filter(isControl), `byte ${byte}`).toEqual([])
        }
        expect(personText({ handle: hostile, name: hostile })).not.toContain('\n')
      }
    }
  }
})

/** But newline and tab. */
function isControl(character: string): boolean {
  const code = character.codePointAt(0)!
  return (code < 0x20 && code !== 0x09 && code !== 0x0a) || (code >= 0x7f && code <= 0x9f)
}
