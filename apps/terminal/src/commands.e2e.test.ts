/** The commands, run in this process, against a real server: what they print, in JSON and in both languages. */
import { writeFile } from 'node:fs/promises'
import { NodeFiles, openProfileKey } from '@veche/history/node'
import { AccountId } from '@veche/protocol'
import { DeviceStore, noSteps } from '@veche/sync'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exitCode } from './exit-code.ts'
import { main } from './main.ts'
import { Person } from './testing/person.ts'
import { TestServer } from './testing/test-server.ts'
import { en } from './words/en.ts'
import { ru } from './words/ru.ts'

const id = (characters: number) => expect.stringMatching(new RegExp(`^[a-z2-7]{${characters}}$`))
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

let server: TestServer
let alice: Person
let bob: Person

beforeAll(async () => {
  server = await TestServer.start()
  alice = await server.person('alice')
  bob = await server.person('bob')
})
afterAll(() => server?.[Symbol.asyncDispose]())

describe('two people, from nothing to a conversation', () => {
  test('M9 M24 the first administrator registers', async () => {
    const { code, lines, err } = await alice.register(server.url, '--invite', server.administratorCode)
    expect({ code, err }).toEqual({ code: exitCode.done, err: '' })
    expect(lines).toEqual([
      {
        account: id(52),
        handle: 'alice',
        name: 'ALICE',
        device: id(26),
        server: server.url,
        recovery: expect.stringMatching(/^(\S+ ){11}\S+$/),
      },
    ])
  })

  test('M24 without an invite nobody else does', async () => {
    const { code, err } = await bob.register(server.url)
    expect(code).toBe(exitCode.refused)
    expect(JSON.parse(err)).toEqual({
      error: { reason: 'code_invalid', message: en.failures.code_invalid() },
    })
  })

  test('M24 an invite link registers one more, and names the server', async () => {
    const { lines } = await alice.json('admin', 'invite', 'create', '--expires', '1h')
    expect(lines).toEqual([
      {
        code: expect.stringMatching(/^vr-/),
        link: expect.stringContaining('#code=vr-'),
        expires: time,
        uses: 1,
      },
    ])
    const { passwordFile } = bob
    const { code, out } = await bob.say(
      'ru',
      ...['register', '--handle', '@bob', '--name', 'Боб', '--password-file', passwordFile],
      ...['--invite', String(lines[0]!.link)],
    )
    expect(code).toBe(exitCode.done)
    expect(out).toContain(ru.says.registered('bob'))
    expect(out).toContain(ru.says.recovery)
    expect(out).toMatch(/ 1 \S+ .* 12 \S+\n\n {10,}\n/s)
    expect(out).toMatch(/█▀▀▀▀▀█/)
  })

  test('a profile has one account', async () => {
    const { code, err } = await bob.register(server.url)
    expect(code).toBe(exitCode.wrongUse)
    expect(JSON.parse(err).error.reason).toBe('already_registered')
  })

  test('a weak password is refused with a better one to take', async () => {
    await using careless = await Person.create('careless')
    await writeFile(careless.passwordFile, 'password\n')
    const { code, err } = await careless.register(server.url)
    expect(code).toBe(exitCode.wrongUse)
    expect(JSON.parse(err).error).toEqual({
      reason: 'weak_password',
      message: expect.stringMatching(/for example: [a-z]+( [a-z]+){4}$/),
    })
  })

  test('a second device comes beside the first, and goes by itself', async () => {
    await using second = await Person.create('alice')
    const options = ['--server', server.url, '--handle', 'alice', '--password-file', alice.passwordFile]
    expect((await second.json('login', ...options)).code).toBe(exitCode.done)
    expect((await alice.json('device', 'list')).lines).toHaveLength(2)
    expect((await second.json('logout', '--erase')).code).toBe(exitCode.done)
    expect((await alice.json('device', 'list')).lines).toMatchObject([{ current: true }])
  })

  test('a wrong password is refused', async () => {
    await using stranger = await Person.create('alice')
    const options = ['--server', server.url, '--handle', 'alice', '--password-file', bob.passwordFile]
    const { code, err } = await stranger.json('login', ...options)
    expect(code).toBe(exitCode.refused)
    expect(JSON.parse(err).error.reason).toBe('login_failed')
  })

  test('whoami and devices', async () => {
    const { lines } = await bob.json('whoami')
    expect(lines).toEqual([
      { account: id(52), handle: 'bob', name: 'Боб', device: id(26), server: server.url },
    ])
    expect((await bob.say('ru', 'whoami')).out).toContain('@bob')
    const { account, handle, device } = lines[0]!
    const day = expect.stringMatching(/^\d{4}-\d\d-\d\d$/)
    expect((await bob.json('device', 'list')).lines).toEqual([
      {
        account,
        handle,
        device,
        name: null,
        current: true,
        certified: true,
        silent: false,
        enrolled: day,
        seen: day,
      },
    ])
    expect((await bob.say('ru', 'device', 'list')).out).toContain(ru.labels.thisDevice)
  })

  test('M11 the policy is shown and set', async () => {
    expect((await bob.json('policy')).lines).toEqual([{ policy: 'confirm' }])
    expect((await bob.json('policy', 'forbidden')).lines).toEqual([{ policy: 'forbidden' }])
    expect((await bob.say('ru', 'policy', 'confirm')).out).toBe(`${ru.says.policy(ru.policies.confirm)}\n`)
    expect((await bob.json('policy', 'never')).code).toBe(exitCode.wrongUse)
  })

  test('M12 the visibility is shown and set', async () => {
    expect((await bob.json('visibility')).lines).toEqual([{ visibility: 'closed' }])
    expect((await bob.json('visibility', 'open')).lines).toEqual([{ visibility: 'open' }])
    expect((await bob.say('ru', 'visibility')).out).toBe(`${ru.says.visibility.open}\n`)
    expect((await bob.say('en', 'visibility', 'closed')).out).toBe(`${en.says.visibility.closed}\n`)
    expect((await bob.json('visibility', 'hidden')).code).toBe(exitCode.wrongUse)
    expect((await bob.json('policy')).lines).toEqual([{ policy: 'confirm' }])
  })

  test('M24 the registration policy is shown and set by administrators only', async () => {
    expect((await alice.json('admin', 'registration')).lines).toEqual([{ registration: 'invite' }])
    expect((await alice.json('admin', 'registration', 'closed')).lines).toEqual([{ registration: 'closed' }])
    expect((await alice.say('en', 'admin', 'registration', 'invite')).out).toBe(
      `${en.says.registration(en.registrations.invite)}\n`,
    )
    const { code, err } = await bob.json('admin', 'registration', 'open')
    expect(code).toBe(exitCode.refused)
    expect(JSON.parse(err).error.reason).toBe('not_administrator')
  })

  test('empty places say what will be there', async () => {
    expect((await bob.say('ru', 'chats')).out).toBe(`${ru.says.noChats}\n`)
    expect((await bob.say('en', 'contacts')).out).toBe(`${en.says.noContacts}\n`)
    expect((await bob.say('ru', 'requests')).out).toBe(`${ru.says.noRequests}\n`)
    expect((await bob.json('chats')).out).toBe('')
  })

  test('M14 B6 a request waits, whether or not there is somebody', async () => {
    const answer = (handle: string) => [{ status: 'pending', chat: null, request: id(26), handle }]
    expect((await bob.json('request', '@alice')).lines).toEqual(answer('alice'))
    expect((await bob.json('request', 'nobody')).lines).toEqual(answer('nobody'))
    expect((await bob.json('request', '@bob')).code).toBe(exitCode.refused)
    expect((await bob.json('requests')).lines).toEqual(
      expect.arrayContaining([
        { direction: 'outgoing', request: id(26), handle: 'alice', status: 'pending', at: time },
      ]),
    )
  })

  test('M14 M19 listen shows the request, and allowing it opens the chat', async () => {
    const heard = await alice.json('listen', '--count', '1', '--timeout', '60')
    expect(heard.code).toBe(exitCode.done)
    expect(heard.lines).toContainEqual({
      type: 'request',
      from: 'bob',
      direction: 'incoming',
      request: id(26),
      handle: 'bob',
      name: 'Боб',
      status: 'pending',
      at: time,
    })
    expect((await alice.say('ru', 'requests')).out).toContain('Боб (@bob)')
    expect((await alice.json('requests', 'refuse', '@carol')).code).toBe(exitCode.refused)
    const { lines } = await alice.json('requests', 'allow', '@bob')
    expect(lines).toEqual([{ status: 'open', chat: id(26), request: id(26), handle: 'bob' }])
  })

  test('M17 M18 a message is sent once the server has it, and read', async () => {
    const sent = await alice.json('send', '@bob', 'Рассада готова.\nДо шести.')
    expect(sent.lines).toEqual([{ id: id(26), seq: expect.any(Number), chat: id(26) }])
    const { id: message, seq, chat } = sent.lines[0]!
    const heard = await bob.json('listen', '--count', '1', '--timeout', '60')
    expect(heard.code).toBe(exitCode.done)
    expect(heard.lines.at(-1)).toEqual({
      type: 'message',
      chat,
      from: 'alice',
      name: 'ALICE',
      account: id(52),
      text: 'Рассада готова.\nДо шести.',
      id: message,
      seq,
      at: time,
      state: 'sent',
    })
  })

  test('a text comes from standard input, too', async () => {
    const terminal = bob.terminal({ input: 'Приду в пять.\n' })
    const { main } = await import('./main.ts')
    expect(await main(['send', '@alice', '-'], terminal)).toBe(exitCode.done)
    expect(terminal.out).toBe('Sent to @alice.\n')
  })

  test('M22 what was not shown is counted, and what a limit leaves out stays unread', async () => {
    await bob.json('send', '@alice', 'Или в шесть.')
    expect((await alice.json('chats')).lines).toMatchObject([{ unread: 2 }])
    expect((await alice.say('en', 'chats')).out).toBe('@bob  Боб  Или в шесть.  2 new\n')
    await alice.json('history', '@bob', '--limit', '1')
    expect((await alice.say('ru', 'chats')).out).toContain('2 новых')
    expect((await bob.json('chats')).lines).toMatchObject([{ unread: 0 }])
    const heard = await alice.json('listen', '--count', '2', '--timeout', '60')
    const messages = heard.lines.filter(({ type }) => type === 'message')
    expect(messages.map(({ text }) => text)).toEqual(['Приду в пять.', 'Или в шесть.'])
    expect((await alice.json('chats')).lines).toMatchObject([{ unread: 0 }])
  })

  test('M16 the history has both, by handle and by chat id', async () => {
    const { lines } = await alice.json('history', '@bob')
    expect(lines.map(({ from, text }) => [from, text])).toEqual([
      ['alice', 'Рассада готова.\nДо шести.'],
      ['bob', 'Приду в пять.'],
      ['bob', 'Или в шесть.'],
    ])
    expect((await alice.json('history', String(lines[0]!.chat), '--limit', '2')).lines).toEqual(
      lines.slice(1),
    )
    const { out } = await alice.say('ru', 'history', '@bob')
    expect(out).toMatch(
      /Вы: Рассада готова\.\n {7}До шести\.\n\d\d:\d\d {2}Боб \(@bob\): Приду в пять\.\n.*Или в шесть\.\n$/,
    )
  })

  test('A2 both see one safety number, and it stays verified', async () => {
    const digits = expect.stringMatching(/^\d{5}( \d{5}){11}$/)
    const { lines } = await alice.json('verify', '@bob')
    expect(lines).toEqual([
      { account: id(52), handle: 'bob', safetyNumber: digits, verified: false, changed: null },
    ])
    const { safetyNumber } = lines[0]!
    expect((await bob.json('verify', 'alice')).lines).toMatchObject([{ safetyNumber, verified: false }])
    expect((await alice.json('verify', '@bob', '--confirm')).lines).toEqual([{ ...lines[0], verified: true }])
    expect((await alice.json('contacts')).lines).toMatchObject([{ handle: 'bob', verified: true }])
    expect((await alice.say('ru', 'contacts')).out).toBe(`@bob  Боб  ${ru.labels.verified}\n`)
    const { out } = await alice.say('en', 'verify', '@bob')
    expect(out).toContain(en.says.safetyNumber('Боб (@bob)'))
    expect(out.match(/\d{5}/g)?.join(' ')).toBe(safetyNumber)
    expect(out).toContain(en.says.verified)
    expect((await alice.say('ru', 'verify', '@bob', '--revoke')).out).toContain(ru.says.notVerified)
    expect((await alice.json('contacts')).lines).toMatchObject([{ verified: false }])
  })

  test('A2 A4 the code that one shows is compared by the other, and no other code is taken for it', async () => {
    const [shown] = (await bob.json('verify', '@alice', '--qr')).lines
    const code = String(shown!.code)
    expect((await bob.say('ru', 'verify', '@alice', '--qr')).out).toMatch(
      /█▀▀▀▀▀█[\s\S]*VECHE-VERIFICATION:1:/,
    )
    const scan = (text: string) => alice.json('verify', '@bob', '--scan', text)
    const own = String((await alice.json('verify', '@bob', '--qr')).lines[0]!.code)
    for (const [text, reason] of [
      [own, 'own_code'],
      [code.slice(0, -1), 'no_code'],
      ['https://veche.example/#code=vr-abc', 'registration_code'],
      ['veche-linking:1:abc', 'linking_code'],
      ['veche-recovery:abc', 'recovery_code'],
      [code.replace(':1:', ':9:'), 'newer_code'],
    ] as const) {
      const { code: exit, err } = await scan(text)
      expect([exit, JSON.parse(err).error.reason]).toEqual([exitCode.wrongUse, reason])
    }
    const swapped = await scan(code.replace(/:[A-Z2-7]{52}$/, `:${'A'.repeat(52)}`))
    expect([swapped.code, JSON.parse(swapped.err).error.reason]).toEqual([exitCode.refused, 'codes_differ'])
    expect((await alice.json('contacts')).lines).toMatchObject([{ verified: false }])
    expect((await scan(code)).lines).toMatchObject([{ handle: 'bob', verified: true }])
    expect((await alice.json('verify', '@bob', '--revoke')).lines).toMatchObject([{ verified: false }])
  })

  test('A2 a handle that has another account is stopped until the person, asked to compare, accepts it', async () => {
    const [known] = (await alice.json('contacts')).lines
    const other = 'a'.repeat(52)
    await pretendMet(alice, 'bob', other, String(known!.account))
    expect((await alice.json('send', '@bob', 'x')).code).toBe(exitCode.refused)
    const { chat, account } = known!
    const seen = await alice.json('verify', '@bob')
    const { safetyNumber } = (await bob.json('verify', '@alice')).lines[0]!
    expect(seen.lines).toEqual([
      {
        account: null,
        handle: 'bob',
        safetyNumber: null,
        verified: false,
        changed: { account, chat, safetyNumber },
      },
    ])
    expect((await alice.say('ru', 'verify', '@bob')).out).toContain(ru.says.howToAccept('bob'))
    expect((await alice.say('ru', 'contacts')).out).toContain(ru.labels.claimed)
    expect((await alice.say('en', 'chats')).out).toContain(en.labels.claimed)
    const unasked = await alice.json('verify', '@bob', '--accept')
    expect(JSON.parse(unasked.err.trim().split('\n').at(-1)!).error.reason).toBe('not_compared')
    const answering = async (answer: string) => {
      const terminal = alice.terminal({ answers: [answer] })
      expect(await main(['verify', '@bob', '--accept'], terminal)).toBe(exitCode.done)
      expect(terminal.questions).toEqual([en.prompts.compared])
      expect(terminal.err.match(/\d{5}/g)?.join(' ')).toBe(safetyNumber)
      return terminal.out
    }
    expect(await answering('no')).toBe(`${en.says.accepted.differ('bob')}\n`)
    expect(await answering('later')).toBe(`${en.says.accepted.later('bob')}\n`)
    expect((await alice.json('verify', '@bob')).lines).toMatchObject([{ verified: false, changed: null }])
    const nothing = await alice.json('verify', '@bob', '--accept')
    expect(JSON.parse(nothing.err).error.reason).toBe('binding_unchanged')
    await pretendMet(alice, 'bob', other, String(account))
    expect((await alice.json('verify', '@bob', '--accept', '--confirm')).lines).toEqual([
      { account, handle: 'bob', safetyNumber, chat, accepted: true, verified: true },
    ])
    expect((await alice.say('ru', 'verify', '@bob', '--revoke')).out).toContain(ru.says.notVerified)
  })

  test('M21 messages are found on the device, without the server', async () => {
    const offline = ['--server', 'http://127.0.0.1:1']
    const { code, lines, err } = await alice.json('search', 'ПРИДУ', ...offline)
    expect({ code, err }).toEqual({ code: exitCode.done, err: '' })
    expect(lines).toEqual((await alice.json('history', '@bob', '--limit', '2')).lines.slice(0, 1))
    expect((await alice.json('search', 'о', '--limit', '1')).lines).toHaveLength(1)
    expect((await alice.say('ru', 'search', 'шести', ...offline)).out).toMatch(
      / · @bob\n\d\d:\d\d {2}Вы: Рассада готова\.\n {7}До шести\.\n$/,
    )
    expect((await alice.say('ru', 'search', 'зима')).out).toBe(`${ru.says.nothingFound}\n`)
    expect((await alice.say('en', 'search', 'зима')).out).toBe(`${en.says.nothingFound}\n`)
    expect(await alice.json('search', 'зима')).toMatchObject({ code: exitCode.done, out: '' })
  })

  test('M10 contacts and chats', async () => {
    const { lines } = await alice.json('contacts')
    expect(lines).toEqual([
      { account: id(52), handle: 'bob', name: 'Боб', chat: id(26), verified: false, binding: 'bound' },
    ])
    expect((await alice.json('chats')).lines).toEqual([
      {
        chat: lines[0]!.chat,
        type: 'private',
        handle: 'bob',
        name: 'Боб',
        account: lines[0]!.account,
        binding: 'bound',
        state: 'open',
        last: expect.objectContaining({ text: 'Или в шесть.' }),
        unread: 0,
        mentioned: 0,
        muted: false,
        mutedUntil: null,
        pinned: false,
        waiting: 0,
        notSent: 0,
        kept: { server: true, ownServer: true, peerServer: true, device: true },
      },
    ])
    expect((await alice.say('ru', 'chats')).out).toBe('@bob  Боб  Или в шесть.\n')
    expect((await alice.say('ru', 'contacts')).out).toBe('@bob  Боб\n')
  })

  test('M22 a chat is kept on the server and here, until one does not wish it', async () => {
    const kept = { server: true, ownServer: true, peerServer: true, device: true }
    expect((await alice.json('keep', '@bob')).lines).toEqual([{ chat: id(26), handle: 'bob', ...kept }])
    expect((await alice.say('ru', 'keep', '@bob')).out).toBe(
      'Личный чат: Боб (@bob)\n  Хранится на сервере.\n  Хранится на этом устройстве.\n',
    )
    for (const place of ['server', 'device']) {
      const { code, err } = await alice.json('keep', '@bob', place, 'off')
      expect(code).toBe(exitCode.wrongUse)
      expect(JSON.parse(err).error.reason).toMatch(/^erases_/)
      expect((await alice.json('keep', '@bob', place, 'on')).lines).toMatchObject([kept])
    }
    expect((await alice.json('keep', '@bob', 'server', 'off', '--yes')).lines).toMatchObject([
      { ...kept, server: false, ownServer: false },
    ])
    const heard = await bob.json('listen', '--count', '1', '--timeout', '60')
    expect(heard.lines).toMatchObject([{ type: 'keeping', from: 'alice', server: false, peerServer: false }])
    expect((await bob.say('en', 'keep', '@alice')).out).toContain(
      en.says.keptOnServer.onlyYou('ALICE (@alice)'),
    )
    await bob.json('keep', '@alice', 'server', 'off', '--yes')
    expect((await bob.say('ru', 'keep', '@alice')).out).toContain(ru.says.keptOnServer.neither)
    await alice.json('keep', '@bob', 'server', 'on')
    expect((await bob.say('en', 'keep', '@alice', 'device', 'off', '--yes')).out).toBe(
      `${en.says.chatWith('ALICE (@alice)')}\n  ${en.says.keptOnServer.onlyPeer}\n  ${en.says.keptOnDevice.off}\n`,
    )
    expect((await bob.json('history', '@alice')).lines).toEqual([])
    expect((await alice.json('history', '@bob')).lines).toHaveLength(3)
    await alice.json('send', '@bob', 'Лишь раз.')
    expect((await bob.json('chats')).lines).toMatchObject([{ unread: 1, kept: { device: false } }])
    expect((await bob.json('history', '@alice')).lines).toMatchObject([{ text: 'Лишь раз.' }])
    expect((await bob.json('history', '@alice')).lines).toEqual([])
    await bob.json('keep', '@alice', 'device', 'on')
    expect((await bob.json('keep', '@alice', 'server', 'on')).lines).toMatchObject([kept])
  })

  test('M19 who is blocked in an open chat is told that it was not sent, and sends it again later', async () => {
    expect((await bob.say('en', 'blocked')).out).toBe(`${en.says.nobodyBlocked}\n`)
    expect((await bob.json('block', '@alice')).lines).toEqual([
      { account: id(52), handle: 'alice', blocked: true },
    ])
    expect((await bob.json('blocked')).lines).toEqual([{ account: id(52), handle: 'alice', name: 'ALICE' }])
    expect((await bob.say('ru', 'blocked')).out).toBe('@alice  ALICE\n')
    const refused = await alice.say('ru', 'send', '@bob', 'Вы дома?')
    expect(refused).toMatchObject({ code: exitCode.refused, out: '' })
    expect(refused.err).toContain(ru.failures.not_accepted())
    expect((await bob.json('send', '@alice', 'Нет.')).code).toBe(exitCode.refused)
    expect((await alice.say('ru', 'history', '@bob', '--limit', '1')).out).toContain(
      `Вы (${ru.labels['not-sent']}): Вы дома?`,
    )
    expect((await alice.json('chats')).lines).toMatchObject([{ waiting: 0, notSent: 1 }])
    expect((await alice.say('en', 'chats')).out).toContain(en.says.unsentMessages(1))
    expect((await alice.json('resend', '@bob')).code).toBe(exitCode.refused)
    await bob.json('unblock', '@alice')
    expect((await alice.json('resend', '@bob')).lines).toEqual([{ chat: id(26), sent: [id(26)] }])
    expect((await alice.say('en', 'resend', '@bob')).out).toBe(`${en.says.nothingUnsent}\n`)
    expect((await bob.say('ru', 'resend', '@alice')).out).toBe(`${ru.says.resent(1, '@alice')}\n`)
    const { lines } = await bob.json('history', '@alice', '--limit', '2')
    expect(lines.map(({ text, state }) => [text, state])).toEqual([
      ['Вы дома?', 'sent'],
      ['Нет.', 'sent'],
    ])
  })

  test('M21 who wishes to be found is found by a name in either alphabet, nobody else', async () => {
    expect((await alice.json('find', 'Боб')).lines).toEqual([])
    expect((await alice.say('ru', 'find', 'Боб')).out).toBe(`${ru.says.nobodyFound}\n`)
    await bob.json('visibility', 'open')
    const found = { account: id(52), handle: 'bob', name: 'Боб' }
    for (const text of ['bob', '@bob', 'БО', ',j,']) {
      expect((await alice.json('find', text)).lines, text).toEqual([found])
    }
    expect((await alice.say('en', 'find', 'bob', '--limit', '1')).out).toBe('@bob  Боб\n')
    await bob.json('visibility', 'closed')
    expect((await alice.say('en', 'find', 'bob')).out).toBe(`${en.says.nobodyFound}\n`)
  })

  test('B6 a handle that nobody has is blocked like any other', async () => {
    const fields = { account: null, handle: 'nobody', blocked: true }
    expect((await bob.json('block', '@nobody')).lines).toEqual([fields])
    expect((await bob.json('blocked')).lines).toEqual([{ account: null, handle: 'nobody', name: null }])
    expect((await bob.json('unblock', 'nobody')).lines).toEqual([{ ...fields, blocked: false }])
  })

  test('listen ends in time: 6 when too little came', async () => {
    const waited = await bob.json('listen', '--count', '1', '--timeout', '1')
    expect(waited.code).toBe(exitCode.timeout)
    expect(JSON.parse(waited.err.trimEnd().split('\n').at(-1)!).error.reason).toBe('timeout')
    expect((await bob.json('listen', '--timeout', '1')).code).toBe(exitCode.done)
  })

  test.each([
    [['send', '@carol', 'x'], 'chat_unknown'],
    [['history', '@carol'], 'chat_unknown'],
    [['search', ' '], 'empty_search'],
    [['find', 'б'], 'search_too_short'],
    [['find', 'x'.repeat(65)], 'search_too_long'],
    [['find', 'bob', '--limit', '21'], 'invalid_value'],
    [['verify', '@nobody'], 'contact_unknown'],
    [['verify', '@bob', '--confirm', '--revoke'], 'invalid_value'],
    [['verify', '@bob', '--accept', '--revoke'], 'invalid_value'],
    [['verify', '@bob', '--qr', '--scan', 'x'], 'invalid_value'],
    [['verify', '@nobody', '--qr'], 'contact_unknown'],
    [['verify', '@nobody', '--scan', 'x'], 'contact_unknown'],
    [['search', 'x', '--limit', '0'], 'invalid_value'],
    [['keep', '@carol'], 'chat_unknown'],
    [['keep', '@bob', 'cloud', 'off'], 'invalid_value'],
    [['keep', '@bob', 'server', 'perhaps'], 'invalid_value'],
    [['keep', '@bob', 'server'], 'missing_argument'],
    [['send', '@bob', '  '], 'empty_text'],
    [['send', '@bob', 'x', '--timeout', 'soon'], 'invalid_value'],
    [['listen', '--count', '0'], 'invalid_value'],
    [['history', '@bob', '--limit', '-1'], 'invalid_value'],
    [['admin', 'invite', 'create', '--uses', '0'], 'invalid_value'],
  ])('wrong: veche %j', async (args, reason) => {
    const { code, err } = await alice.json(...args)
    expect(JSON.parse(err).error.reason).toBe(reason)
    expect([exitCode.wrongUse, exitCode.refused]).toContain(code)
  })

  test('B6 who is blocked is not told; unblocking lets them ask', async () => {
    await using carol = await Person.create('carol')
    const { lines } = await alice.json('admin', 'invite', 'create')
    await carol.register(server.url, '--invite', String(lines[0]!.code))
    expect((await carol.json('request', '@bob')).lines).toMatchObject([{ status: 'pending' }])
    expect((await bob.json('block', '@carol')).lines).toEqual([
      { account: id(52), handle: 'carol', blocked: true },
    ])
    await bob.json('policy', 'allowed')
    expect((await carol.json('request', '@bob')).lines).toMatchObject([{ status: 'pending' }])
    expect((await bob.say('ru', 'block', 'carol')).out).toBe(`${ru.says.blocked('carol')}\n`)
    expect((await bob.json('unblock', '@carol')).lines).toEqual([
      { account: id(52), handle: 'carol', blocked: false },
    ])
    expect((await bob.say('en', 'unblock', 'carol')).out).toBe(`${en.says.unblocked('carol')}\n`)
    expect((await carol.json('request', '@bob')).lines).toMatchObject([{ status: 'open' }])
    await bob.json('policy', 'confirm')
  })
})

test('without an account every command says so', async () => {
  await using nobody = await Person.create('nobody')
  const lines = [
    ['whoami'],
    ['device', 'list'],
    ['policy'],
    ['visibility'],
    ['block', '@bob'],
    ['blocked'],
    ['find', 'bob'],
    ['resend', '@bob'],
    ['unblock', '@bob'],
    ['search', 'x'],
    ['verify', '@bob'],
    ['keep', '@bob'],
    ['request', '@bob'],
    ['requests'],
    ['chats'],
    ['contacts'],
  ]
  for (const line of [...lines, ['send', '@bob', 'x'], ['listen'], ['history', '@bob']]) {
    const { code, err } = await nobody.json(...line)
    expect(code, line.join(' ')).toBe(exitCode.wrongUse)
    expect(JSON.parse(err).error.reason).toBe('not_registered')
  }
})

/** As if the handle had been met with another account before. */
async function pretendMet(person: Person, handle: string, account: string, claimedBy: string): Promise<void> {
  const key = await openProfileKey(person.profile)
  const store = await DeviceStore.open(new NodeFiles(person.profile), key, noSteps)
  const [accountId, claim] = [account, claimedBy].map((text) => AccountId.toBytes(AccountId.parse(text)))
  await store.store({ case: 'pin', value: { handle, accountId: accountId!, claimedBy: claim! } })
}
