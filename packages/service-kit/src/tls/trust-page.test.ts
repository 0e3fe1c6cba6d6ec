import { X509Certificate } from 'node:crypto'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { securityHeaders } from '../http/security-headers.ts'
import { openTestListener, type TestListener } from '../http/test-listener.ts'
import { fingerprintLines, fingerprintOf } from './fingerprint.ts'
import { issueCertificate, newAuthority } from './local-authority.ts'
import { trustSignpost } from './trust-page.ts'

const authority = newAuthority('Veche veche.local', ['veche.local'], Date.now())
const tls = issueCertificate(authority, ['127.0.0.1'], Date.now())
const addresses = () => ['https://veche.local:8480', 'https://192.168.1.5:8480/"><script>']
const signpost = trustSignpost({ authority: authority.cert, addresses })

const open = () => openTestListener({}, {}, { tls, signpost, mayBePlain: () => false })

let listener: TestListener
afterEach(() => listener[Symbol.asyncDispose]())

/** All that the port answers to these bytes of somebody who is not on this machine. */
async function answerTo(text: string): Promise<{ head: string; body: string }> {
  const socket = connect(Number(new URL(listener.url).port), '127.0.0.1')
  let answer = ''
  socket.setEncoding('utf8').on('data', (chunk) => (answer += chunk))
  await new Promise((resolve) => {
    socket.once('error', resolve).once('close', resolve)
    socket.write(text, 'latin1')
  })
  const [head = '', body = ''] = answer.split('\r\n\r\n')
  return { head, body }
}

const ask = (line: string) => answerTo(`${line} HTTP/1.1\r\nHost: veche.local:8480\r\n\r\n`)

test('M6 a device that trusts nothing yet gets the page and the authority in plain text, in both languages', async () => {
  listener = await open()
  const page = await ask('GET /anything?x=1')
  expect(page.head).toMatch(/^HTTP\/1.1 200 /)
  for (const line of fingerprintLines(fingerprintOf(authority.cert))) expect(page.body).toContain(line)
  for (const words of [
    'Доверие к этому серверу',
    'Trusting this Veche server',
    'iPhone',
    'Android',
    'Firefox',
  ])
    expect(page.body).toContain(words)
  expect(page.body).toContain('<a href="https://veche.local:8480">')
  expect(page.body).not.toMatch(/<script|<style|style=|\son[a-z]+=|src=/)
  const download = await ask('GET /authority.crt')
  expect(download.head.toLowerCase()).toContain('content-type: application/x-x509-ca-cert')
  expect(new X509Certificate(download.body).fingerprint256).toBe(
    new X509Certificate(authority.cert).fingerprint256,
  )
})

test('M2 in plain text nothing else is answered: no call, no upgrade, no promise of https', async () => {
  listener = await open()
  const call = await ask('POST /veche.accounts.v1.AccountsService/GetServer')
  expect(call).toMatchObject({ head: expect.stringMatching(/^HTTP\/1.1 426 /), body: '' })
  const { head, body } = await ask('HEAD /trust')
  expect([head.slice(0, 12), body]).toEqual(['HTTP/1.1 200', ''])
  const sent = new Map(head.split('\r\n').map((line) => line.split(': ', 2) as [string, string]))
  for (const [name, value] of Object.entries(securityHeaders)) expect(sent.get(name)).toBe(value)
  expect(sent.get('strict-transport-security')).toBeUndefined()
  expect((await answerTo('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')).body).toBe('')
  const health = await ask('GET /health')
  expect(health.body).toContain('<!doctype html>')
})

test('a fingerprint is shown in sixteen groups, and every certificate has its own', () => {
  const one = fingerprintOf(authority.cert)
  expect(one).toMatch(/^[0-9a-f]{64}$/)
  expect(fingerprintOf(tls.cert)).not.toBe(one)
  const lines = fingerprintLines(one)
  expect(lines.map((line) => line.split(' ').length)).toEqual([4, 4, 4, 4])
  expect(lines.join('').replaceAll(' ', '').toLowerCase()).toBe(one)
})
