/** How answers come, whatever they say: encoding, compression, headers, and which pages may read them. */
import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect } from 'node:http2'
import { buffer, text } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { beforeAll, expect, test } from 'vitest'
import { prepareRoutes, type RouteCall } from '../testing/every-route.ts'
import { boris, service, vera } from '../testing/shared-service.ts'
import { signToken } from '../testing/sign-token.ts'
import { readAnswer, toForm } from '../testing/test-user.ts'

let routes: readonly RouteCall[]
beforeAll(async () => {
  routes = await prepareRoutes(vera, boris)
})

function callAs(
  { method, path, fields, byHost }: RouteCall,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  const form = toForm({ user: byHost ? undefined : 'Вера', ...fields })
  const token = signToken(service.vehno, byHost ? '' : 'Вера', service.clock.nowMs())
  return fetch(`${service.url}/nichatka/v1/${path}${method === 'GET' ? `?${form}` : ''}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(method !== 'GET' && { body: form }),
  })
}

/** As it comes over the wire: `fetch` would unpack it. */
async function raw(path: string, headers: Readonly<Record<string, string>>, method = 'GET') {
  const asked = httpRequest(`${service.url}/nichatka/v1/${path}`, { method, headers })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) }
}

const statusPath = () => `status?${toForm({ user: 'Вера', lang: 'ru' })}`
const bearer = () => `Bearer ${vera.makeToken()}`

test('C3 C6 every answer of every route, good or not, has the headers that keep it where it belongs', async () => {
  for (const call of routes) {
    const bad: RouteCall = { ...call, fields: { ...call.fields, nonsense: 'x' } }
    for (const answer of [
      await callAs(call),
      await callAs(bad),
      await callAs({ ...call, path: 'nowhere' }),
    ]) {
      const { headers } = answer
      expect(headers.get('content-security-policy')).toBe(
        "sandbox; default-src 'none'; frame-ancestors 'none'",
      )
      expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('strict-transport-security')).toBeNull() // in plain text: apps/server/src/headers.pg.test.ts
      expect(headers.get('content-type')).toBe('text/html; charset=utf-16')
      expect(headers.get('vary')).toContain('Origin')
      expect(headers.get('set-cookie')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
      const isStatus = call.path === 'status' && answer.status === 200
      expect(headers.get('cache-control')).toBe(isStatus ? 'private, no-cache' : 'no-store')
      await readAnswer(answer)
    }
  }
})

test('N19 answers are UTF-16 with a byte order mark, or UTF-8 where that is asked for', async () => {
  const headers = { authorization: bearer() }
  const wide = await raw(statusPath(), headers)
  expect(wide.headers['content-type']).toBe('text/html; charset=utf-16')
  expect([...wide.body.subarray(0, 2)]).toEqual([0xff, 0xfe])
  const narrow = await raw(`${statusPath()}&charset=utf-8`, headers)
  expect(narrow.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(wide.body.toString('utf16le')).toBe(`\ufeff${narrow.body.toString()}`)
  expect(narrow.body.toString()).toContain('новое сообщение')
  expect(wide.headers['content-length']).toBe(String(wide.body.length))
})

test('N19 answers are compressed by gzip where the client takes it, and are not where it does not', async () => {
  for (const path of [statusPath(), `panel?${toForm({ user: 'Вера' })}`, 'nowhere']) {
    const plain = await raw(path, { authorization: bearer() })
    expect(plain.headers['content-encoding']).toBeUndefined()
    for (const encodings of ['gzip', 'br, GZIP;q=0.5', 'deflate, *']) {
      const packed = await raw(path, { authorization: bearer(), 'accept-encoding': encodings })
      expect(packed.headers['content-encoding']).toBe('gzip')
      expect(gunzipSync(packed.body).equals(plain.body)).toBe(true)
    }
    for (const encodings of [
      'br',
      'gzip;q=0',
      'gzip; q=0.000, identity',
      'xgzip',
      `${'x'.repeat(5000)},gzip`,
    ]) {
      const answer = await raw(path, { authorization: bearer(), 'accept-encoding': encodings })
      expect(answer.headers['content-encoding'], encodings).toBeUndefined()
    }
  }
})

test('N15 the status has a tag, and is 304 while it has not changed', async () => {
  const headers = { authorization: bearer(), 'accept-encoding': 'gzip' }
  const first = await raw(statusPath(), headers)
  const etag = first.headers.etag ?? ''
  expect(etag).toMatch(/^"[\w-]{22}"$/)
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`]) {
    const same = await raw(statusPath(), { ...headers, 'if-none-match': known })
    expect([same.status, same.body.length, same.headers.etag]).toEqual([304, 0, etag])
    expect(same.headers['cache-control']).toBe('private, no-cache')
  }
  for (const path of [`status?${toForm({ user: 'Вера', lang: 'en' })}`, `${statusPath()}&charset=utf-8`]) {
    expect((await raw(path, { ...headers, 'if-none-match': etag })).status).toBe(200)
  }
  expect((await raw(statusPath(), { authorization: bearer(), 'if-none-match': etag })).status).toBe(200)
  await boris.send('one more', { to: 'user:Вера' })
  expect((await raw(statusPath(), { ...headers, 'if-none-match': etag })).status).toBe(200)
})

test('C5 a page of the host may ask and read, and every other may not', async () => {
  for (const call of routes) {
    const url = `${service.url}/nichatka/v1/${call.path}`
    const ask = (origin: string) => fetch(url, { method: 'OPTIONS', headers: { origin } })
    const allowed = await ask('https://vehno.example')
    expect([allowed.status, await allowed.text()]).toEqual([204, ''])
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://vehno.example')
    expect(allowed.headers.get('access-control-allow-headers')).toMatch(/authorization/i)
    expect(allowed.headers.get('access-control-allow-methods')).toContain(call.method)
    expect(allowed.headers.get('access-control-max-age')).toBe('7200')
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull()
    for (const origin of [
      'https://evil.example',
      'null',
      'https://vehno.example.evil.example',
      'http://vehno.example',
    ]) {
      const refused = await ask(origin)
      expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, null])
    }
  }
})

test('C5 a page of the host reads what was wrong, also before it is known who asks', async () => {
  const origin = 'https://vehno.example'
  for (const headers of [
    { origin, authorization: 'Bearer x' },
    { origin, authorization: bearer() },
  ]) {
    const answer = await raw(`panel?${toForm({ user: 'Вера', limit: 'x' })}`, headers)
    expect(answer.status).toBe(401)
    expect(answer.headers['access-control-allow-origin']).toBe(origin)
    expect(answer.headers['access-control-expose-headers']).toBe('Nichatka-Error, ETag, Retry-After')
  }
})

test('HEAD answers as GET does, without the body, and changes nothing', async () => {
  const headers = { authorization: bearer() }
  const [head, get] = [await raw(statusPath(), headers, 'HEAD'), await raw(statusPath(), headers)]
  expect([head.status, head.body.length]).toEqual([200, 0])
  expect([head.headers.etag, head.headers['content-length']]).toEqual([
    get.headers.etag,
    get.headers['content-length'],
  ])
})

test('a path that there is not is 404, a method that there is not 405, too much 413', async () => {
  for (const path of [
    '',
    'x',
    'status/',
    'status/1',
    'messages/x',
    'messages/',
    '__proto__',
    'constructor',
    'users/change',
    'panel/change',
    'status/change',
    'groups/change',
    'change',
  ]) {
    const answer = await vera.get(path)
    expect([answer.status, answer.error], path).toEqual([404, 'path-unknown'])
  }
  const deleted = await vera.ask('DELETE', 'messages/1', {})
  expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'PATCH, OPTIONS'])
  expect((await vera.post('status')).headers.get('allow')).toBe('GET, HEAD, OPTIONS')
  expect((await vera.ask('HEAD', 'typing/change', {})).status).toBe(405)
  expect((await vera.patch('typing/change', { typing: '1' })).status).toBe(405)
  const large = await vera.post('messages', { id: 'large-one', to: 'everyone', text: 'x'.repeat(262_144) })
  expect([large.status, large.error]).toEqual([413, 'body-too-large'])
})

test('C9 a body that says nothing of its size is counted while it comes', async () => {
  const asked = httpRequest(`${service.url}/nichatka/v1/messages`, {
    method: 'POST',
    headers: { authorization: bearer(), 'content-type': 'application/x-www-form-urlencoded' },
  })
  asked.on('error', () => {}) // the answer may come before all is sent
  asked.write(`text=${'x'.repeat(140_000)}`)
  asked.write('x'.repeat(140_000))
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  expect(response.statusCode).toBe(413)
  asked.destroy()
})

test('HTTP/2 is answered as HTTP/1.1 is', async () => {
  const session = connect(service.url)
  try {
    const stream = session.request({
      ':path': `/nichatka/v1/messages`,
      ':method': 'POST',
      authorization: bearer(),
      'content-type': 'application/x-www-form-urlencoded',
    })
    stream.end(
      toForm({ user: 'Вера', id: 'over-http2', text: 'x', to: 'everyone', charset: 'utf-8' }).toString(),
    )
    const [headers] = await once(stream, 'response')
    expect(headers[':status']).toBe(201)
    expect(headers['content-security-policy']).toContain('sandbox')
    expect(await text(stream)).toContain('data-key="bell"')
    const large = session.request({
      ':path': '/nichatka/v1/messages',
      ':method': 'POST',
      authorization: bearer(),
    })
    large.on('error', () => {})
    large.end('x'.repeat(270_000))
    expect((await once(large, 'response'))[0][':status']).toBe(413)
    large.close()
  } finally {
    session.close()
  }
})

test('N2 what is not Nichatka’s is left to others', async () => {
  for (const path of ['/', '/nichatka', '/nichatk/v1/status', '/health']) {
    await expect(fetch(`${service.url}${path}`), path).rejects.toThrow()
  }
})

test('B12 nothing of a request is logged, also when it fails', async () => {
  await service.database.query('ALTER TABLE message RENAME TO hidden')
  const failed = await vera.post('messages', { id: 'canary-id-1', text: 'канарейка', to: 'user:канарейка' })
  await service.database.query('ALTER TABLE hidden RENAME TO message')
  expect([failed.status, failed.error]).toEqual([500, 'failed'])
  expect(failed.text).not.toMatch(/message|relation|SELECT/)
  const log = service.logged.join('\n')
  expect(log).toContain('request_failed')
  expect(log).not.toMatch(/канарейка|canary|Вера|v1\./)
})
