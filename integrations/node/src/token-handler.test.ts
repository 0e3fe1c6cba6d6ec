import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { verifyToken } from '../../../services/nichatka/src/token/token.ts'
import { createSigner, tokenHandler } from './index.js'

const secret = Buffer.alloc(32, 7)
const signer = createSigner({ host: 'vehno', key: `hmac-sha256:${secret.toString('base64url')}` })
/** The session of these tests: who makes the request stands in a header. */
const whoAsks = (request: IncomingMessage) => {
  const { who } = request.headers
  if (who === 'failure') throw new Error('no session store')
  return who === undefined ? undefined : decodeURIComponent(String(who))
}
const handler = tokenHandler(signer, whoAsks)

let server: Server | undefined
afterEach(() => {
  server?.close()
  server?.closeAllConnections()
})

async function serve(listener: Parameters<typeof createServer>[1]): Promise<string> {
  server = createServer(listener!)
  await new Promise<void>((listening) => server!.listen(0, '127.0.0.1', listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`
}

test('N14 who is signed in gets a token as text', async () => {
  const url = await serve((request, response) => void handler(request, response))
  const response = await fetch(url, { headers: { who: encodeURIComponent('вера') } })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const key = { kind: 'hmac-sha256', secret } as const
  expect(verifyToken(await response.text(), () => ({ key }))).toMatchObject({ claims: { sub: 'вера' } })
})

test('N15 who is not gets 401 as text, and no redirect', async () => {
  const url = await serve((request, response) => void handler(request, response))
  const response = await fetch(url, { redirect: 'manual' })
  expect(response.status).toBe(401)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(await response.text()).toBe('not signed in')
})

test('C5 another site gets none', async () => {
  const url = await serve((request, response) => void handler(request, response))
  for (const site of ['cross-site', 'same-site', 'none', 'Same-Origin']) {
    const response = await fetch(url, { headers: { who: 'vera', 'sec-fetch-site': site } })
    expect([response.status, await response.text()]).toEqual([403, 'a token is for pages of this site'])
  }
  const same = await fetch(url, { headers: { who: 'vera', 'sec-fetch-site': 'same-origin' } })
  expect(same.status).toBe(200)
})

test('only reading', async () => {
  const url = await serve((request, response) => void handler(request, response))
  for (const method of ['POST', 'PUT', 'DELETE']) {
    const response = await fetch(url, { method, headers: { who: 'vera' } })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  }
  expect((await fetch(url, { method: 'HEAD', headers: { who: 'vera' } })).status).toBe(200)
})

test('what goes wrong in the host goes to Express by `next`, and elsewhere to the caller', async () => {
  const request = { method: 'GET', headers: { who: 'failure' } } as unknown as IncomingMessage
  const passed: unknown[] = []
  await handler(request, {}, (error) => passed.push(error))
  expect(passed).toEqual([new Error('no session store')])
  await expect(handler(request, {})).rejects.toThrow('no session store')
})

test('a nickname that cannot be one is the host’s failure, not a token', async () => {
  const request = { method: 'GET', headers: { who: '%20vera' } } as unknown as IncomingMessage
  await expect(handler(request, {})).rejects.toThrow('white space')
})
