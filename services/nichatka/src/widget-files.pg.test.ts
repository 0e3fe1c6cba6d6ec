import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { beforeAll, expect, test } from 'vitest'
import { service } from './testing/shared-service.ts'

let script: Buffer
let style: Buffer
beforeAll(async () => {
  script = await readFile(createRequire(import.meta.url).resolve('@veche/bell/nichatka.js'))
  style = await readFile(createRequire(import.meta.url).resolve('@veche/bell/nichatka.css'))
})

test('N2 C2 any page may load the widget’s script, by its name or by its content, and its style sheet', async () => {
  const hash = createHash('sha256').update(script).digest('hex').slice(0, 16)
  for (const [name, type, bytes, age] of [
    ['nichatka.js', 'text/javascript', script, 'public, max-age=300'],
    [`nichatka.${hash}.js`, 'text/javascript', script, 'public, max-age=31536000, immutable'],
    ['nichatka.css', 'text/css', style, 'public, max-age=300'],
  ] as const) {
    const answer = await fetch(`${service.url}/nichatka/${name}`)
    expect(answer.status).toBe(200)
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true)
    expect(answer.headers.get('content-encoding')).toBe('gzip')
    expect(answer.headers.get('content-type')).toBe(`${type}; charset=utf-8`)
    expect(answer.headers.get('cache-control')).toBe(age)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    const etag = answer.headers.get('etag') ?? ''
    const again = await fetch(`${service.url}/nichatka/${name}`, { headers: { 'if-none-match': etag } })
    expect([again.status, await again.text()]).toEqual([304, ''])
    const plain = await fetch(`${service.url}/nichatka/${name}`, {
      headers: { 'accept-encoding': 'identity' },
    })
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(Buffer.from(await plain.arrayBuffer()).equals(bytes)).toBe(true)
    const head = await fetch(`${service.url}/nichatka/${name}`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
  }
})

test('C2 a script of other content is not there', async () => {
  for (const name of ['nichatka.0123456789abcdef.js', 'panel.css', 'v2/status']) {
    expect((await fetch(`${service.url}/nichatka/${name}`)).status).toBe(404)
  }
})
