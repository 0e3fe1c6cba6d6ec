/** Groups by the commands, in this process, against a real server: three people, from nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import type { Outcome, Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

const id = (characters: number) => expect.stringMatching(new RegExp(`^[a-z2-7]{${characters}}$`))
const kept = { server: true, ownServer: true, peerServer: true, device: true }

let server: TestServer
let alice: Person
let bob: Person
let carol: Person
let chat: string

beforeAll(async () => {
  server = await TestServer.start()
  ;[alice, bob, carol] = await server.welcome('alice', 'bob', 'carol')
})
afterAll(() => server?.[Symbol.asyncDispose]())

describe('three people in a group', () => {
  test('M13 a group is made with its maker alone in it', async () => {
    const { code, lines } = await alice.json('group', 'create', 'Огород', '--description', 'Рассада')
    expect(code).toBe(exitCode.done)
    expect(lines).toEqual([
      { chat: id(26), name: 'Огород', description: 'Рассада', announce: false, open: false },
    ])
    chat = String(lines[0]!.chat)
    expect((await alice.json('group', 'members', 'огород')).lines).toEqual([
      {
        account: id(52),
        handle: 'alice',
        name: 'ALICE',
        role: 'owner',
        you: true,
        binding: 'bound',
        verified: false,
      },
    ])
    expect((await alice.say('ru', 'chats')).out).toBe('Группы:\n  Огород  1 человек, владелец\n')
  })

  test('M11 who asks first is asked, and sees who asks; in the group once they allow it', async () => {
    const added = await alice.json('group', 'add', 'Огород', '@bob')
    expect(added.lines).toEqual([{ status: 'pending', chat, request: id(26), handle: 'bob' }])
    expect((await alice.say('ru', 'requests')).out).toContain('@bob, в группу «Огород»  ждёт ответа')
    const { lines } = await bob.json('listen', '--count', '1', '--timeout', '60')
    expect(lines).toContainEqual(
      expect.objectContaining({ type: 'request', from: 'alice', group: true, status: 'pending' }),
    )
    expect(lines.find(({ type }) => type === 'request')).not.toHaveProperty('chat')
    expect((await bob.say('ru', 'requests')).out).toContain('ALICE (@alice), в группу')
    expect((await bob.say('ru', 'requests', 'allow', '@alice')).out).toBe(
      `${ru.says.group.allowed('ALICE (@alice)')}\n`,
    )
    await untilIn('bob')
    expect((await bob.json('chats')).lines).toMatchObject([
      {
        chat,
        type: 'group',
        name: 'Огород',
        description: 'Рассада',
        people: 2,
        role: 'member',
        canWrite: true,
      },
    ])
  })

  test('M10 a contact is added at once', async () => {
    await alice.json('request', '@carol')
    await carol.json('requests')
    await carol.json('requests', 'allow', '@alice')
    expect((await alice.say('en', 'group', 'add', 'Огород', '@carol')).out).toBe(
      `${en.says.group.added.added('carol', 'Огород')}\n`,
    )
    expect((await alice.say('en', 'group', 'add', 'Огород', '@carol')).out).toBe(
      `${en.says.group.added.member('carol', 'Огород')}\n`,
    )
    expect((await alice.say('ru', 'group', 'members', 'Огород')).out).toBe(
      'ALICE (@alice)  владелец  Вы\nBOB (@bob)      участник\nCAROL (@carol)  участник\n',
    )
  })

  test('M13 M17 what one writes all read, the name before it', async () => {
    const sent = await alice.json('send', 'огород', 'Рассада готова.')
    expect(sent.lines).toEqual([{ id: id(26), seq: expect.any(Number), chat }])
    const { lines } = await bob.json('listen', '--count', '1', '--timeout', '60')
    expect(lines.at(-1)).toMatchObject({ type: 'message', chat, from: 'alice', text: 'Рассада готова.' })
    await bob.json('send', chat, 'Приду в пять.')
    const heard = await carol.say('ru', 'listen', '--count', '2', '--timeout', '60')
    expect(heard.out).toMatch(
      /\d\d:\d\d {2}«Огород» · ALICE \(@alice\): Рассада готова\.\n\d\d:\d\d {2}«Огород» · BOB \(@bob\): Приду в пять\.\n$/,
    )
    const { out } = await alice.say('ru', 'history', 'Огород')
    expect(out).toMatch(
      / · группа «Огород»\n\d\d:\d\d {2}Вы: Рассада готова\.\n\d\d:\d\d {2}BOB \(@bob\): Приду в пять\.\n$/,
    )
    expect((await carol.say('en', 'search', 'пять')).out).toContain(' · group “Огород”\n')
  })

  test('M20 groups and private chats are two lists', async () => {
    expect((await alice.say('ru', 'chats')).out).toBe(
      'Группы:\n  Огород  3 человека, владелец  BOB: Приду в пять.\n\nЛичные чаты:\n  @carol  CAROL\n',
    )
    expect((await carol.say('en', 'chats')).out).toBe(
      'Groups:\n  Огород  3 people, member  BOB: Приду в пять.\n\nPrivate chats:\n  @alice  ALICE\n',
    )
    expect((await alice.json('chats')).lines.map(({ type }) => type)).toEqual(['private', 'group'])
  })

  test('M13 a reader reads and does not write', async () => {
    expect((await alice.json('group', 'role', 'Огород', '@bob', 'reader')).lines).toEqual([
      { chat, account: id(52), handle: 'bob', role: 'reader' },
    ])
    // His device does not know yet, and keeps what it cannot send; from then on it knows.
    expect(failure(await bob.json('send', 'Огород', 'Спасибо.'))).toEqual([exitCode.refused, 'not_allowed'])
    expect(failure(await bob.json('send', 'Огород', 'А мне?'))).toEqual([exitCode.refused, 'read_only'])
    expect((await bob.say('ru', 'send', 'Огород', 'А мне?')).err).toBe(`${ru.failures.read_only('Огород')}\n`)
    expect((await bob.json('history', 'Огород')).lines.map(({ text }) => text)).toEqual([
      'Рассада готова.',
      'Приду в пять.',
      'Спасибо.',
    ])
    expect((await bob.json('chats')).lines).toMatchObject([
      { role: 'reader', canWrite: false, waiting: 0, notSent: 1 },
    ])
    expect(failure(await bob.json('group', 'rename', 'Огород', 'Моё'))).toEqual([
      exitCode.refused,
      'not_allowed',
    ])
    await alice.json('group', 'role', 'Огород', '@bob', 'member')
    await bob.json('chats')
    expect((await bob.json('resend', 'Огород')).lines).toEqual([{ chat, sent: [id(26)] }])
  })

  test('M13 what one changes others are told, with who did it', async () => {
    await carol.json('listen', '--timeout', '5')
    const program = carol.terminal()
    const listening = main(['listen', '--json'], program)
    await program.until(({ err }) => err.includes('"connected"'))
    await alice.json('group', 'role', 'Огород', '@bob', 'admin')
    await bob.json('group', 'rename', 'Огород', 'Наш огород')
    await bob.json('group', 'right', 'Наш огород', 'add', 'member')
    await program.until(({ lines }) => lines.some(({ change }) => change === 'rights'))
    program.interrupt()
    expect(await listening).toBe(exitCode.interrupted)
    const [role, name, rights] = program.lines.filter(({ type }) => type === 'group')
    const none = { how: null, who: null, account: null, role: null }
    expect(role).toMatchObject({ chat, change: 'roles', who: 'bob', role: 'admin', by: 'alice', how: null })
    expect(name).toEqual({ type: 'group', chat, name: 'Наш огород', change: 'profile', ...none, by: 'bob' })
    expect(rights).toMatchObject({ change: 'rights', by: 'bob' })
  })

  test('M13 rights are shown and set, and people told in their language', async () => {
    expect((await alice.json('group', 'right', chat)).lines).toMatchObject([
      { chat, name: 'Наш огород', write: 'member', add: 'member', keepHistory: 'owner' },
    ])
    expect((await alice.say('ru', 'group', 'right', chat, 'write')).out).toBe(
      'Что кому можно в группе «Наш огород»:\n  писать сообщения  участники, администраторы, владелец\n',
    )
    expect((await alice.say('en', 'group', 'right', chat)).out).toMatch(
      /\n {2}write +write messages +members, admins, the owner\n/,
    )
    expect(failure(await carol.json('group', 'right', chat, 'write', 'reader'))).toEqual([
      exitCode.refused,
      'not_allowed',
    ])
  })

  test('M13 the only owner stays it; handing over takes a second one, and a word', async () => {
    expect(failure(await alice.json('group', 'role', chat, '@alice', 'member', '--yes'))).toEqual([
      exitCode.refused,
      'last_owner',
    ])
    await alice.json('group', 'role', chat, '@bob', 'owner')
    expect(failure(await alice.json('group', 'role', chat, '@alice', 'admin'))).toEqual([
      exitCode.wrongUse,
      'lowers_yourself',
    ])
    const terminal = alice.terminal({ answers: ['yes'] })
    expect(await main(['group', 'role', chat, '@alice', 'admin'], terminal)).toBe(exitCode.done)
    expect(terminal.questions).toEqual([en.prompts.lowerSelf('admin', 'Наш огород')])
    expect((await alice.json('group', 'members', chat)).lines.map((one) => [one.handle, one.role])).toEqual([
      ['bob', 'owner'],
      ['alice', 'admin'],
      ['carol', 'member'],
    ])
  })

  test('M13 who is banned stays out until that ends', async () => {
    expect((await alice.json('group', 'ban', chat, '@carol')).lines).toEqual([
      { chat, account: id(52), handle: 'carol', removed: true, banned: true },
    ])
    expect((await carol.json('chats')).lines).toContainEqual(
      expect.objectContaining({ chat, state: 'removed', canWrite: false }),
    )
    expect((await carol.say('ru', 'chats')).out).toContain(ru.labels.leftGroup)
    expect(failure(await carol.json('send', chat, 'Эй.'))).toEqual([exitCode.refused, 'chat_closed'])
    expect((await alice.say('ru', 'group', 'members', chat)).out).toContain(
      `\n\n${ru.says.group.banned}\n  CAROL`,
    )
    expect(failure(await alice.json('group', 'add', chat, '@carol'))[0]).toBe(exitCode.refused)
    expect((await alice.json('group', 'unban', chat, '@carol')).lines).toMatchObject([
      { handle: 'carol', banned: false },
    ])
    expect((await alice.json('group', 'add', chat, '@carol')).lines).toMatchObject([{ status: 'added' }])
    expect((await alice.say('en', 'group', 'remove', chat, '@carol')).out).toBe(
      `${en.says.group.removed('CAROL (@carol)', 'Наш огород')}\n`,
    )
  })

  test('M22 where a group is kept is said of a group', async () => {
    expect((await bob.json('keep', chat)).lines).toEqual([{ chat, name: 'Наш огород', ...kept }])
    expect((await bob.say('ru', 'keep', chat)).out).toBe(
      'Группа «Наш огород»\n  Хранится на сервере.\n  Хранится на этом устройстве.\n',
    )
    expect(failure(await bob.json('keep', chat, 'server', 'off'))).toEqual([
      exitCode.wrongUse,
      'erases_group_on_server',
    ])
    expect(failure(await bob.json('keep', chat, 'device', 'off'))).toEqual([
      exitCode.wrongUse,
      'erases_group_here',
    ])
    expect((await bob.json('keep', chat, 'server', 'off', '--yes')).lines).toMatchObject([{ server: false }])
    expect((await bob.say('ru', 'keep', chat)).out).toContain(ru.says.group.keptOnServer.off)
  })

  test('M13 who leaves says so, or is asked; the others are told that it was their wish', async () => {
    const program = bob.terminal()
    const listening = main(['listen', '--json'], program)
    await program.until(({ err }) => err.includes('"connected"'))
    expect(failure(await alice.json('group', 'leave', 'Наш огород'))).toEqual([
      exitCode.wrongUse,
      'leaves_group',
    ])
    const terminal = alice.terminal({ env: { VECHE_LANG: 'ru' }, answers: ['да'] })
    expect(await main(['group', 'leave', 'Наш огород'], terminal)).toBe(exitCode.done)
    expect(terminal.questions).toEqual([ru.prompts.leaveGroup('Наш огород')])
    expect(terminal.out).toBe(`${ru.says.group.left('Наш огород')}\n`)
    await bob.json('send', chat, 'Кто здесь?')
    await untilAlone()
    await program.until(({ lines }) => lines.some(({ how }) => how === 'left'))
    expect(program.lines).toContainEqual(
      expect.objectContaining({ type: 'group', chat, change: 'members', how: 'left', who: 'alice' }),
    )
    program.interrupt()
    await listening
    expect((await alice.json('chats')).lines).toContainEqual(
      expect.objectContaining({ chat, state: 'removed' }),
    )
    expect((await alice.json('history', chat)).lines.at(-1)).toMatchObject({ text: 'Спасибо.' })
  })

  test.each([
    [['group', 'members', '@carol'], 'not_a_group'],
    [['group', 'members', 'Нет такой'], 'chat_unknown'],
    [['group', 'create', ''], 'name_invalid'],
    [['group', 'create', ' x'], 'name_invalid'],
    [['group', 'create', 'x', '--description', 'y'.repeat(501)], 'description_invalid'],
    [['group', 'role', 'Двор', '@nobody', 'admin'], 'person_unknown'],
    [['group', 'role', 'Двор', '@alice', 'king'], 'invalid_value'],
    [['group', 'unban', 'Двор', '@bob'], 'person_unknown'],
    [['group', 'right', 'Двор', 'fly'], 'invalid_value'],
    [['group', 'rename', 'Двор'], 'missing_argument'],
    [['group', 'add', 'Двор', '@alice'], 'own_handle'],
    [['verify', 'Двор'], 'is_a_group'],
    [['block', 'двор'], 'is_a_group'],
    [['request', 'Двор'], 'is_a_group'],
    [['send', 'Дом', 'x'], 'chat_ambiguous'],
    [['send', '@dom', 'x'], 'chat_unknown'],
  ])('wrong: veche %j', async (args, reason) => {
    if ((await alice.json('chats')).lines.every(({ name }) => name !== 'Двор')) {
      for (const name of ['Двор', 'Дом', 'дом', '@dom']) await alice.json('group', 'create', name)
    }
    const [code, given] = failure(await alice.json(...args))
    expect(given).toBe(reason)
    expect([exitCode.wrongUse, exitCode.refused]).toContain(code)
  })
})

/** Alice's device adds whom it has asked. */
async function untilIn(handle: string): Promise<void> {
  while ((await alice.json('group', 'members', chat)).lines.every((one) => one.handle !== handle));
}

/** Bob's device takes who has left out of the group. */
async function untilAlone(): Promise<void> {
  for (;;) {
    const { lines } = await bob.json('group', 'members', chat)
    if (lines.filter(({ role }) => role !== null).length === 1) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function failure({ code, err }: Outcome): [number, string] {
  return [code, JSON.parse(err.trim().split('\n').at(-1)!).error.reason]
}
