import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { verifyToken } from '../../../services/nichatka/src/token/token.ts'
import { createSigner, NichatkaError, nameUsers } from './index.js'

const secret = Buffer.alloc(32, 7)
const signer = createSigner({ host: 'vehno', key: `hmac-sha256:${secret.toString('base64url')}` })

interface Asked {
  readonly path: string
  readonly token: string
  readonly type: string
  readonly body: string
}

let server: Server
let url: string
let asked: Asked[]
/** One for each request, then 200. */
let answers: { status: number; headers?: Record<string, string> }[]

beforeEach(async () => {
  asked = []
  answers = []
  server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { authorization = '', 'content-type': type = '' } = request.headers
    asked.push({
      path: `${request.method} ${request.url}`,
      token: authorization.replace('Bearer ', ''),
      type,
      body,
    })
    const { status, headers } = answers.shift() ?? { status: 200 }
    response.writeHead(status, headers).end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/nichatka`
})
afterEach(() => void server.close().closeAllConnections())

const namesIn = ({ body }: Asked) => new URLSearchParams(body).getAll('nickname')

test('N7 users are named by the host itself, whatever is in their names', async () => {
  const names = ['вера', "O'Hara & Söhne + 1%", '🔔']
  expect(await nameUsers(signer, `${url}/`, names)).toBe(3)
  expect(await nameUsers(signer, new URL(url), names.values())).toBe(3)
  for (const request of asked) {
    expect(request.path).toBe('POST /nichatka/v1/users')
    expect(request.type).toMatch(/^application\/x-www-form-urlencoded/)
    expect(namesIn(request)).toEqual(names)
    const verified = verifyToken(request.token, () => ({ key: { kind: 'hmac-sha256', secret } }))
    expect(verified).toMatchObject({ claims: { sub: '', aud: 'vehno' } })
  }
})

test('no request is larger than the service takes, in names or in bytes', async () => {
  const names = [...Array(100).fill('\u{10348}'.repeat(150)), ...Array(2500).fill('a')]
  async function* slowly() {
    yield* names
  }
  expect(await nameUsers(signer, url, slowly())).toBe(2600)
  expect(asked.flatMap(namesIn)).toEqual(names)
  for (const request of asked) {
    expect(request.body.length).toBeLessThanOrEqual(64 * 1024)
    expect(namesIn(request).length).toBeLessThanOrEqual(1000)
  }
  expect(new Set(asked.map(({ token }) => token)).size).toBe(asked.length)
})

test('nobody to name is no request', async () => {
  expect(await nameUsers(signer, url, [])).toBe(0)
  expect(asked).toEqual([])
})

test('a refusal is told with its code', async () => {
  answers = [{ status: 401, headers: { 'Nichatka-Error': 'token-forged' } }]
  const refused = nameUsers(signer, url, ['vera'])
  await expect(refused).rejects.toThrow(NichatkaError)
  await expect(refused).rejects.toMatchObject({ status: 401, code: 'token-forged' })
})

test('C3 a token does not follow a redirect', async () => {
  answers = [{ status: 307, headers: { Location: '/elsewhere' } }]
  await expect(nameUsers(signer, url, ['vera'])).rejects.toMatchObject({ status: 307 })
  expect(asked).toHaveLength(1)
})

test('where the service asks for it, later, and not for ever', async () => {
  answers = [
    { status: 429, headers: { 'Retry-After': '0' } },
    { status: 503, headers: { 'Retry-After': '0' } },
  ]
  expect(await nameUsers(signer, url, ['vera'])).toBe(1)
  answers = Array(9).fill({ status: 429, headers: { 'Retry-After': '0' } })
  await expect(nameUsers(signer, url, ['vera'])).rejects.toMatchObject({ status: 429 })
  expect(asked).toHaveLength(3 + 5)
  answers = [{ status: 503 }]
  await expect(nameUsers(signer, url, ['vera'])).rejects.toMatchObject({ status: 503, code: undefined })
})

test('C11 a name that cannot be a nickname stops before its batch is sent', async () => {
  await expect(nameUsers(signer, url, ['vera', ' boris'])).rejects.toThrow('white space')
  await expect(nameUsers(signer, url, 'vera')).rejects.toThrow('a list')
  expect(asked).toEqual([])
})
