/** N15–N18: whatever is missing or wrong, in whatever route, is 401 with its code, and changes nothing. */
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { prepareRoutes, type RouteCall } from '../testing/every-route.ts'
import { boris, service, vera } from '../testing/shared-service.ts'
import { signToken } from '../testing/sign-token.ts'
import { hashTables } from '../testing/table-hash.ts'
import {
  type FieldValues,
  keysOf,
  readAnswer,
  type TestAnswer,
  textOf,
  toForm,
} from '../testing/test-user.ts'

let routes: readonly RouteCall[]
let before: string
beforeAll(async () => {
  routes = await prepareRoutes(vera, boris)
})
beforeEach(async () => {
  before = await hashTables(service.database)
})
afterEach(async () => {
  expect(await hashTables(service.database)).toBe(before)
})

interface Sent {
  readonly token?: string | undefined
  readonly fields?: FieldValues
  readonly headers?: Readonly<Record<string, string>>
}

/** A call as it is when all is well, but for what is said. */
async function send({ method, path, fields, byHost }: RouteCall, sent: Sent): Promise<TestAnswer> {
  const user = byHost ? undefined : 'Вера'
  const form = toForm({ user, ...fields, ...sent.fields })
  const token = 'token' in sent ? sent.token : goodToken(byHost)
  const inBody = method !== 'GET'
  const response = await fetch(`${service.url}/nichatka/v1/${path}${inBody ? '' : `?${form}`}`, {
    method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...sent.headers },
    ...(inBody && { body: form }),
  })
  return readAnswer(response)
}

function goodToken(byHost: true | undefined): string {
  return signToken(service.vehno, byHost ? '' : 'Вера', service.clock.nowMs())
}

/** What must hold of every refusal. */
function ensureRefused(answer: TestAnswer, error: string, call: RouteCall): void {
  expect([answer.status, answer.error], `${call.method} ${call.path}`).toEqual([401, error])
  expect(answer.headers.get('www-authenticate')).toBe('Nichatka')
  expect(keysOf(answer)).toEqual(['notice'])
  const notice = answer.find('notice')!
  expect([notice.attributes.get('role'), notice.attributes.get('data-error')]).toEqual([
    'alert',
    error.split(';')[0],
  ])
  expect(textOf(notice)).not.toBe('')
}

const minuteMs = 60_000

describe('of every route', () => {
  const cases: [what: string, error: string, sent: () => Sent][] = [
    ['no token', 'token-missing', () => ({ token: undefined })],
    ['an empty token', 'token-missing', () => ({ token: undefined, fields: { token: '' } })],
    [
      'no token but a password',
      'token-missing',
      () => ({ token: undefined, headers: { authorization: 'Basic eDp5' } }),
    ],
    [
      'a cookie for a token',
      'token-missing',
      () => ({ token: undefined, headers: { cookie: 'token=x; session=y' } }),
    ],
    ['what is no token', 'token-malformed', () => ({ token: 'x' })],
    ['two tokens', 'field-repeated; name=token', () => ({ fields: { token: 'x' } })],
    ['a language that there is not', 'field-wrong; name=lang', () => ({ fields: { lang: 'de' } })],
    ['a zone that there is not', 'field-wrong; name=tz', () => ({ fields: { tz: 'Mars/Olympus' } })],
    ['a charset that there is not', 'field-wrong; name=charset', () => ({ fields: { charset: 'koi8-r' } })],
    ['a language twice', 'field-repeated; name=lang', () => ({ fields: { lang: ['ru', 'en'] } })],
    ['a field that there is not', 'field-unknown; name=password', () => ({ fields: { password: 'x' } })],
    ['a field that is no name', 'field-unknown', () => ({ fields: { '<b>\r\nSet-Cookie: x': 'x' } })],
    ['a page of somebody else', 'origin-unknown', () => ({ headers: { origin: 'https://evil.example' } })],
    ['a page without a name', 'origin-unknown', () => ({ headers: { origin: 'null' } })],
    ['a page of another host', 'origin-unknown', () => ({ headers: { origin: 'https://sklad.example' } })],
  ]
  test.each(cases)('N15 N16 N17 N18 %s', async (_, error, sent) => {
    for (const call of routes) ensureRefused(await send(call, sent()), error, call)
  })

  test('C4 a token that is forged, of another host, expired or early', async () => {
    const nowMs = service.clock.nowMs()
    for (const call of routes) {
      const who = call.byHost ? '' : 'Вера'
      const tokens: [string, string][] = [
        ['token-forged', `${goodToken(call.byHost).slice(0, -43)}${'A'.repeat(43)}`],
        ['token-forged', signToken({ ...service.sklad, name: 'vehno' }, who, nowMs)],
        ['token-forged', signToken(service.vehno, who, nowMs, { aud: 'sklad' })],
        ['token-expired', signToken(service.vehno, who, nowMs - 6 * minuteMs)],
        ['token-early', signToken(service.vehno, who, nowMs + 2 * minuteMs)],
        ['token-malformed', signToken(service.vehno, who, nowMs, { admin: true })],
      ]
      for (const [error, token] of tokens) ensureRefused(await send(call, { token }), error, call)
    }
  })

  test('N14 no user, or not the one for whom the token speaks', async () => {
    for (const call of routes) {
      if (call.byHost) {
        ensureRefused(
          await send(call, { token: signToken(service.vehno, 'Вера', service.clock.nowMs()) }),
          'user-differs',
          call,
        )
        ensureRefused(await send(call, { fields: { user: 'Вера' } }), 'field-unknown; name=user', call)
        continue
      }
      ensureRefused(await send(call, { fields: { user: undefined } }), 'user-missing', call)
      ensureRefused(await send(call, { fields: { user: '' } }), 'user-missing', call)
      for (const user of ['boris', 'вера', 'Вера ', 'В']) {
        ensureRefused(await send(call, { fields: { user } }), 'user-differs', call)
      }
      const ofHost = signToken(service.vehno, '', service.clock.nowMs())
      ensureRefused(await send(call, { token: ofHost }), 'user-differs', call)
      ensureRefused(await send(call, { token: ofHost, fields: { user: '' } }), 'user-missing', call)
      ensureRefused(
        await send(call, { fields: { user: ['Вера', 'Вера'] } }),
        'field-repeated; name=user',
        call,
      )
    }
  })

  test('N19 what does not spell UTF-8, and a body that is no form', async () => {
    for (const call of routes) {
      const url = `${service.url}/nichatka/v1/${call.path}`
      const headers = { authorization: `Bearer ${goodToken(call.byHost)}` }
      const broken = await fetch(`${url}?user=%ff`, { method: call.method, headers })
      ensureRefused(await readAnswer(broken), 'field-wrong; name=user', call)
      if (call.method === 'GET') continue
      const json = await fetch(url, {
        method: call.method,
        headers: { ...headers, 'content-type': 'application/json' },
        body: '{}',
      })
      ensureRefused(await readAnswer(json), 'field-wrong; name=content-type', call)
      const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
      const bytes = await fetch(url, {
        method: call.method,
        headers: form,
        body: new Uint8Array([0x71, 0x3d, 0xff]),
      })
      ensureRefused(await readAnswer(bytes), 'field-wrong; name=body', call)
      const packed = await fetch(url, {
        method: call.method,
        headers: { ...form, 'content-encoding': 'gzip' },
        body: 'x',
      })
      ensureRefused(await readAnswer(packed), 'field-wrong; name=content-encoding', call)
    }
  })
})

const long = 'x'.repeat(300)
const wrongFields: [method: RouteCall['method'], path: string, fields: FieldValues, error: string][] = [
  ...(['panel', 'history'] as const).flatMap((path): [RouteCall['method'], string, FieldValues, string][] =>
    (
      [
        [{ box: 'inbox' }, 'field-wrong; name=box'],
        [{ status: 'deleted' }, 'field-wrong; name=status'],
        [{ status: ['new', 'read'] }, 'field-repeated; name=status'],
        [{ color: 'black' }, 'field-wrong; name=color'],
        [{ priority: 'high' }, 'field-wrong; name=priority'],
        [{ from: 'a\u202eb' }, 'field-wrong; name=from'],
        [{ to: long }, 'field-wrong; name=to'],
        [{ group: '0' }, 'field-wrong; name=group'],
        [{ group: '9223372036854775808' }, 'field-wrong; name=group'],
        [{ since: '2026-02-30' }, 'field-wrong; name=since'],
        [{ until: 'yesterday' }, 'field-wrong; name=until'],
        [{ q: long }, 'field-wrong; name=q'],
        [{ thread: '-1' }, 'field-wrong; name=thread'],
        [{ cursor: 'x' }, 'field-wrong; name=cursor'],
        [{ cursor: 'o0-0' }, 'field-wrong; name=cursor'],
        [{ limit: '0' }, 'field-wrong; name=limit'],
        [{ limit: '101' }, 'field-wrong; name=limit'],
        [{ limit: '1e1' }, 'field-wrong; name=limit'],
        [{ part: 'some' }, 'field-wrong; name=part'],
        [{ refresh: 'x' }, 'field-wrong; name=refresh'],
      ] satisfies [FieldValues, string][]
    ).map(([fields, error]) => ['GET', path, fields, error]),
  ),
  ['GET', 'compose', { parent: 'x' }, 'field-wrong; name=parent'],
  ['GET', 'compose', { parent: '999' }, 'message-unknown'],
  ['GET', 'compose', { to: 'group:999' }, 'group-unknown'],
  ['GET', 'compose', { to: 'vera' }, 'field-wrong; name=to'],
  ['GET', 'compose', { open: 'yes' }, 'field-wrong; name=open'],
  ['GET', 'recipients', { q: 'x'.repeat(301) }, 'field-wrong; name=q'],
  ['GET', 'recipients', { limit: '101' }, 'field-wrong; name=limit'],
  ['GET', 'recipients', { pick: 'from' }, 'field-wrong; name=pick'],
  ['POST', 'messages', { text: 'x', to: 'everyone' }, 'field-missing; name=id'],
  ['POST', 'messages', { id: 'short', text: 'x', to: 'everyone' }, 'field-wrong; name=id'],
  ['POST', 'messages', { id: 'has blanks', text: 'x', to: 'everyone' }, 'field-wrong; name=id'],
  ['POST', 'messages', { id: 'a'.repeat(65), text: 'x', to: 'everyone' }, 'field-wrong; name=id'],
  ['POST', 'messages', { id: 'wrong-data', to: 'everyone' }, 'field-missing; name=text'],
  ['POST', 'messages', { id: 'wrong-data', text: '', to: 'everyone' }, 'field-wrong; name=text'],
  ['POST', 'messages', { id: 'wrong-data', text: ' \n\u0000', to: 'everyone' }, 'field-wrong; name=text'],
  [
    'POST',
    'messages',
    { id: 'wrong-data', text: 'x'.repeat(10_001), to: 'everyone' },
    'field-wrong; name=text',
  ],
  ['POST', 'messages', { id: 'wrong-data', text: ['x', 'y'], to: 'everyone' }, 'field-repeated; name=text'],
  ['POST', 'messages', { id: 'wrong-data', text: 'x' }, 'field-missing; name=to'],
  ['POST', 'messages', { id: 'wrong-data', text: 'x', to: '' }, 'field-missing; name=to'],
  ['POST', 'messages', { id: 'wrong-data', text: 'x', to: ['user:boris', 'user:'] }, 'field-wrong; name=to'],
  ['POST', 'messages', { id: 'wrong-data', text: 'x', to: 'boris' }, 'field-wrong; name=to'],
  ['POST', 'messages', { id: 'wrong-data', text: 'x', to: 'group:x' }, 'field-wrong; name=to'],
  ['POST', 'messages', { id: 'wrong-data', text: 'x', to: 'group:999' }, 'group-unknown'],
  [
    'POST',
    'messages',
    { id: 'wrong-data', text: 'x', to: Array(1001).fill('user:a') },
    'field-wrong; name=to',
  ],
  [
    'POST',
    'messages',
    { id: 'wrong-data', text: 'x', to: 'everyone', priority: 'high' },
    'field-wrong; name=priority',
  ],
  [
    'POST',
    'messages',
    { id: 'wrong-data', text: 'x', to: 'everyone', reply: 'all' },
    'field-unknown; name=reply',
  ],
  ['POST', 'messages', { id: 'wrong-data', text: 'x', parent: 'x' }, 'field-wrong; name=parent'],
  ['POST', 'messages', { id: 'wrong-data', text: 'x', parent: '999' }, 'message-unknown'],
  [
    'POST',
    'messages',
    { id: 'wrong-data', text: 'x', parent: '1', reply: 'some' },
    'field-wrong; name=reply',
  ],
  [
    'POST',
    'messages',
    { id: 'wrong-data', text: 'x', parent: '1', priority: 'critical' },
    'field-wrong; name=priority',
  ],
  ['PATCH', 'messages/999', { status: 'read' }, 'message-unknown'],
  ['PATCH', 'messages/0', { status: 'read' }, 'message-unknown'],
  ['PATCH', 'messages/99999999999999999999', { status: 'read' }, 'message-unknown'],
  ['PATCH', 'messages/1', {}, 'field-missing; name=status'],
  ['PATCH', 'messages/1', { status: 'new' }, 'field-wrong; name=status'],
  ['PATCH', 'messages/1', { color: 'black' }, 'field-wrong; name=color'],
  ['PATCH', 'messages/1', { priority: 'none' }, 'field-wrong; name=priority'],
  ['PATCH', 'messages/1', { status: 'read', color: 'black' }, 'field-wrong; name=color'],
  ['PATCH', 'messages/1', { text: 'edited' }, 'field-missing; name=status'],
  ['PATCH', 'messages/1', { status: 'read', text: 'edited' }, 'field-unknown; name=text'],
  ['PATCH', 'typing', {}, 'field-missing; name=typing'],
  ['PATCH', 'typing', { typing: 'true' }, 'field-wrong; name=typing'],
  ['GET', 'groups', { archived: 'all' }, 'field-wrong; name=archived'],
  ['GET', 'groups/999', {}, 'group-unknown'],
  ['POST', 'groups', {}, 'field-missing; name=name'],
  ['POST', 'groups', { name: ' ' }, 'field-wrong; name=name'],
  ['POST', 'groups', { name: 'x'.repeat(81) }, 'field-wrong; name=name'],
  ['POST', 'groups', { name: 'Огород' }, 'field-wrong; name=name'],
  ['POST', 'groups', { name: 'new', member: ['boris', ' '] }, 'field-wrong; name=member'],
  ['PATCH', 'groups/1', {}, 'field-missing; name=name'],
  ['PATCH', 'groups/1', { add: 'a\nb' }, 'field-wrong; name=add'],
  ['PATCH', 'groups/1', { remove: 'a\nb' }, 'field-wrong; name=remove'],
  ['PATCH', 'groups/1', { archived: 'yes' }, 'field-wrong; name=archived'],
  ['PATCH', 'groups/999', { name: 'x' }, 'group-unknown'],
]

test.each(wrongFields)('N15 N16 N17 N18 %s %s %o: %s', async (method, path, fields, error) => {
  const call: RouteCall = { method, path, fields }
  ensureRefused(await send(call, {}), error, call)
})

test('N7 a host that names nobody, or somebody wrongly, names nobody', async () => {
  const call: RouteCall = { method: 'POST', path: 'users', fields: {}, byHost: true }
  ensureRefused(await send(call, {}), 'field-missing; name=nickname', call)
  ensureRefused(
    await send(call, { fields: { nickname: ['good', ' bad'] } }),
    'field-wrong; name=nickname',
    call,
  )
  ensureRefused(
    await send(call, { fields: { nickname: Array(1001).fill('x') } }),
    'field-wrong; name=nickname',
    call,
  )
})

test('N14 somebody whose first request is wrong does not come to be', async () => {
  const stranger = service.user('stranger')
  for (const { method, path } of routes.filter(({ byHost }) => !byHost)) {
    const answer = await stranger.ask(method, path, { nonsense: 'x' })
    expect(answer.status).toBe(401)
  }
})
