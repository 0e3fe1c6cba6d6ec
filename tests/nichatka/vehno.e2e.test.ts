/**
 * A host's story: Vehno, a Django system of its own, with Nichatka put in by the documented steps. People sign in by plain HTTP as
 * browsers do; what the page gives the widget is all that reaches Nichatka.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { whereInstalled } from '@veche/testkit/where-installed'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RunningExample, startExample } from '../../examples/vehno/example.ts'
import { samplePeople } from '../../examples/vehno/people.ts'
import { openDatabase } from '../../packages/service-kit/src/database/database.ts'
import { attachPostgres } from '../../packages/service-kit/src/postgres/attach-postgres.ts'
import { Browsing, bellIn } from './browsing.ts'
import { missingForPython } from './python.ts'

const missing = () => missingForPython('python3', 'python3-django', 'python3-psycopg2')
whereInstalled('N2 examples/vehno', missing, () => describe('Vehno with Nichatka', tellStory))

function tellStory(): void {
  let folder: string
  let vehno: RunningExample

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vehno-'))
    vehno = await startExample({ data: folder, port: 0, nichatkaPort: 0 })
  })
  afterAll(async () => {
    await vehno?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const signIn = (username: string) => new Browsing(vehno.url).signIn(username, vehno.password)

  /** What the widget of this person's page asks of Nichatka. */
  async function ask(person: Browsing, path: string, fields: [string, string][] = []): Promise<Response> {
    const bell = bellIn(await person.page('/'))!
    const query = new URLSearchParams([['user', bell.user!], ['charset', 'utf-8'], ...fields])
    const isChange = path === 'messages'
    const url = new URL(`v1/${path}${isChange ? '' : `?${query}`}`, bell.src)
    const headers = { authorization: `Bearer ${bell.token}`, origin: vehno.url }
    return fetch(url, { headers, ...(isChange && { method: 'POST', body: query }) })
  }

  test('N8 N14 the page has the bell with the nickname and a token, and the token opens the status', async () => {
    const vera = await signIn('вера')
    const page = await vera.page('/')
    const bell = bellIn(page)!
    expect(Object.keys(bell)).toEqual(['user', 'token', 'src', 'token-url'])
    expect(bell).toMatchObject({ user: 'вера', src: vehno.nichatkaUrl, 'token-url': '/nichatka/token' })
    expect(page).toContain('<nichatka-panel></nichatka-panel>')
    expect(page).toContain(`<script src="${vehno.nichatkaUrl}nichatka.js" defer crossorigin="anonymous">`)
    const script = await fetch(`${vehno.nichatkaUrl}nichatka.js`)
    expect([script.status, script.headers.get('content-type')]).toEqual([
      200,
      'text/javascript; charset=utf-8',
    ])
    expect(script.headers.get('access-control-allow-origin')).toBe('*')
    const status = await ask(vera, 'status')
    expect(status.status).toBe(200)
    expect(status.headers.get('access-control-allow-origin')).toBe(vehno.url)
    expect(await status.text()).toContain('data-unread="0"')
  })

  test('N14 of a person Nichatka is told the nickname, although Vehno knows more', async () => {
    const page = await (await signIn('анна-мария')).page('/profile/')
    expect(page).toContain('Ильвес')
    const [, payload] = bellIn(page)!.token!.split('.')
    const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString())
    expect(claims).toEqual({
      sub: 'анна-мария',
      aud: 'vehno',
      iat: expect.any(Number),
      exp: claims.iat + 300,
      jti: expect.any(String),
    })
  })

  test('N1 N17 a message goes from one person to another, and to nobody else', async () => {
    const [vera, boris, latinVera] = [await signIn('вера'), await signIn('борис'), await signIn('Vera')]
    const sent = await ask(vera, 'messages', [
      ['id', 'vehno-story-1'],
      ['to', 'user:борис'],
      ['priority', 'critical'],
      ['text', 'Кран в столовой опять течёт <b>сильно</b>'],
    ])
    expect([sent.status, sent.headers.get('nichatka-error')]).toEqual([201, null])

    expect(await (await ask(boris, 'status')).text()).toMatch(/data-unread="1" data-priority="critical"/)
    const panel = await (await ask(boris, 'panel')).text()
    expect(panel).toContain('Кран в столовой опять течёт &lt;b&gt;сильно&lt;/b&gt;')
    expect(panel).toContain('<bdi>вера</bdi>')

    expect(await (await ask(latinVera, 'status')).text()).toContain('data-unread="0"')
    expect(await (await ask(latinVera, 'panel')).text()).not.toContain('Кран в столовой')
  })

  test('N7 everybody can be written to from the start', async () => {
    const gleb = await signIn('gleb')
    const recipients = await (await ask(gleb, 'recipients', [['q', '']])).text()
    for (const name of await samplePeople()) expect(recipients).toContain(`value="user:${name}"`)
  })

  test('C4 a token opens nothing for another nickname', async () => {
    const bell = bellIn(await (await signIn('gleb')).page('/'))!
    const url = new URL(`v1/status?${new URLSearchParams({ user: 'вера' })}`, bell.src)
    const response = await fetch(url, { headers: { authorization: `Bearer ${bell.token}` } })
    expect([response.status, response.headers.get('nichatka-error')]).toEqual([401, 'user-differs'])
  })

  test('N15 the next token is for who is signed in, and is no redirect for who is not', async () => {
    const boris = await signIn('борис')
    const next = await boris.get('/nichatka/token', { 'sec-fetch-site': 'same-origin' })
    expect([next.status, next.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8'])
    const token = await next.text()
    const url = new URL(`v1/status?${new URLSearchParams({ user: 'борис' })}`, vehno.nichatkaUrl)
    expect((await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)

    const foreign = await boris.get('/nichatka/token', { 'sec-fetch-site': 'cross-site' })
    expect([foreign.status, await foreign.text()]).toEqual([403, 'a token is for pages of this site'])
    await boris.submit('/', '/logout/', {})
    const nobody = await boris.get('/nichatka/token')
    expect([nobody.status, await nobody.text()]).toEqual([401, 'not signed in'])
  })

  test('N20 C2 the page forbids all that is not its own or Nichatka’s, and shows visitors nothing of it', async () => {
    const response = await new Browsing(vehno.url).get('/login/')
    const rules = response.headers.get('content-security-policy')!.split('; ')
    expect(rules).toContain("default-src 'self'")
    expect(rules).toContain("require-trusted-types-for 'script'")
    expect(rules.filter((rule) => rule.includes(vehno.nichatkaUrl))).toEqual([
      `script-src 'self' ${vehno.nichatkaUrl}`,
      `connect-src 'self' ${vehno.nichatkaUrl}`,
    ])
    expect(await response.text()).not.toMatch(/nichatka/i)
  })

  test('Vehno itself goes on as before: requests, tasks, filters, pages', async () => {
    const olga = await signIn('o.larina')
    const made = await olga.submit('/requests/new/', '/requests/new/', {
      title: 'Сверить счета <за май>',
      text: '',
      assignee: '',
    })
    const page = await made.text()
    expect(page).toContain('Сверить счета &lt;за май&gt;')
    const [, number] = /№ (\d+)/.exec(page)!
    const added = await olga.submit(`/requests/${number}/`, `/requests/${number}/tasks/`, {
      'new-title': 'Взять выписку',
      'new-assignee': '',
    })
    expect(await added.text()).toContain('Задание добавлено.')
    const done = await olga.submit(`/requests/${number}/`, `/requests/${number}/change/`, {
      assignee: '',
      state: 'done',
    })
    expect(await done.text()).toContain('class="state done"')
    const found = await olga.page(`/?${new URLSearchParams({ q: 'СЧЕТА', state: 'done', whose: 'made' })}`)
    expect(found).toContain('Найдено: 1')
    expect(await olga.page('/?page=3')).toContain('Страница 3 из 3')
    const refused = await olga.submit(`/requests/${number}/`, `/requests/${number}/change/`, {
      state: 'gone',
    })
    expect(refused.status).toBe(400)
  })

  test('N2 one database: to each its schema and its role, and no right on the other’s', async () => {
    await using postgres = await attachPostgres(join(folder, 'nichatka'))
    const { url } = postgres!.address
    await using administrator = openDatabase({ url, schema: 'public', maxConnections: 1 })
    const { rows } = await administrator.query<{ schemaname: string; tableowner: string }>(
      `SELECT DISTINCT schemaname, tableowner FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
    )
    expect(rows).toEqual([
      { schemaname: 'nichatka', tableowner: 'veche_nichatka' },
      { schemaname: 'vehno', tableowner: 'vehno' },
    ])
    const migrated = await administrator.query<{ app: string }>(
      'SELECT DISTINCT app FROM vehno.django_migrations ORDER BY 1',
    )
    expect(migrated.rows.map(({ app }) => app)).toEqual(['auth', 'contenttypes', 'sessions', 'tasks'])

    for (const [role, own, other] of [
      ['vehno', 'vehno.auth_user', 'nichatka.message'],
      ['veche_nichatka', 'nichatka.message', 'vehno.auth_user'],
    ] as const) {
      await using database = openDatabase({
        url,
        schema: role,
        role: { kind: 'login', name: role },
        maxConnections: 1,
      })
      await database.query(`SELECT count(*) FROM ${own}`)
      for (const statement of [
        `SELECT count(*) FROM ${other}`,
        `DELETE FROM ${other}`,
        `CREATE TABLE ${other.split('.')[0]}.intruder (id int)`,
        'CREATE TABLE public.intruder (id int)',
        `SET ROLE ${role === 'vehno' ? 'veche_nichatka' : 'vehno'}`,
      ]) {
        await expect(database.query(statement), statement).rejects.toThrow(/permission denied/)
      }
    }
  })
}
