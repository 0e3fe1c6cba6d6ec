/** C5: a request that somebody else causes changes nothing, and neither does one that may not come as GET. */
import { beforeAll, expect, test } from 'vitest'
import { prepareRoutes, type RouteCall } from '../testing/every-route.ts'
import { boris, service, vera } from '../testing/shared-service.ts'
import { hashTables } from '../testing/table-hash.ts'
import { readAnswer, type TestAnswer, textOf, toForm } from '../testing/test-user.ts'

let routes: readonly RouteCall[]
beforeAll(async () => {
  routes = await prepareRoutes(vera, boris)
})

async function ask(
  path: string,
  form: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestAnswer> {
  const query = toForm(form as Record<string, string>)
  return readAnswer(await fetch(`${service.url}/nichatka/v1/${path}?${query}`, { headers }))
}

test('N18 a change comes as GET too, with the token in the URL', async () => {
  const id = await boris.send('by GET', { to: 'user:Вера' })
  const token = vera.makeToken()
  const read = await ask(`messages/${id}/change`, { user: 'Вера', token, status: 'read', color: 'teal' })
  expect([read.status, read.find(`m${id}`)?.attributes.get('data-status')]).toEqual([200, 'read'])
  expect(read.find(`m${id}`)?.attributes.get('data-color')).toBe('teal')
  expect((await ask('typing/change', { user: 'Вера', token, typing: '1' })).status).toBe(200)
  const renamed = await ask('groups/1/change', { user: 'Вера', token, name: 'Сад' })
  expect([renamed.status, textOf(renamed.find('groups'))]).toEqual([200, expect.stringContaining('Сад')])
})

test('C5 a change by GET is not taken with the token in a header, and not where the host has switched it off', async () => {
  const before = await hashTables(service.database)
  const changes = routes.filter(({ method }) => method === 'PATCH')
  expect(changes).toHaveLength(3)
  for (const { path, fields } of changes) {
    const authorization = `Bearer ${vera.makeToken()}`
    const inHeader = await ask(`${path}/change`, { user: 'Вера', ...fields }, { authorization })
    expect([inHeader.status, inHeader.error]).toEqual([401, 'change-needs-url-token'])
    const inBoth = await ask(
      `${path}/change`,
      { user: 'Вера', token: vera.makeToken(), ...fields },
      { authorization },
    )
    expect([inBoth.status, inBoth.error]).toEqual([401, 'field-repeated; name=token'])
    const switchedOff = service.user('Вера', service.sklad)
    const off = await ask(`${path}/change`, { user: 'Вера', token: switchedOff.makeToken(), ...fields })
    expect([off.status, off.error]).toEqual([401, 'get-changes-off'])
  }
  expect(await hashTables(service.database)).toBe(before)
})

test('C5 no route changes anything without a token, for a page of a stranger, or by another method', async () => {
  const before = await hashTables(service.database)
  const cookies = { cookie: `token=${vera.makeToken()}; nichatka=${vera.makeToken()}` }
  for (const { method, path, fields } of routes) {
    const form = toForm({ user: 'Вера', ...fields })
    const url = `${service.url}/nichatka/v1/${path}`
    const stranger = { origin: 'https://evil.example' }
    const withToken = { authorization: `Bearer ${vera.makeToken()}`, ...stranger }
    for (const way of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
      if (way === 'GET' || way === 'HEAD' || way === 'OPTIONS') {
        for (const query of [`${url}?${form}`, `${url}/change?${form}`]) {
          for (const headers of [
            stranger,
            cookies,
            { ...cookies, 'sec-fetch-site': 'cross-site' },
            withToken,
          ]) {
            const answer = await fetch(query, { method: way, headers })
            expect(answer.status, `${way} ${path}`).toBeGreaterThanOrEqual(400)
            await answer.arrayBuffer()
          }
        }
        continue
      }
      // As a form of another page sends it, which asks no leave before.
      for (const headers of [stranger, cookies, withToken]) {
        const answer = await fetch(url, { method: way, headers, body: form })
        expect(answer.status, `${way} ${path} instead of ${method}`).toBeGreaterThanOrEqual(400)
        await answer.arrayBuffer()
      }
    }
  }
  expect(await hashTables(service.database)).toBe(before)
})

test('C5 reading changes nothing either, whoever reads and however', async () => {
  const before = await hashTables(service.database)
  for (const { method, path, fields } of routes) {
    if (method === 'GET') expect((await vera.get(path, fields)).status).toBe(200)
  }
  expect(await hashTables(service.database)).toBe(before)
})
