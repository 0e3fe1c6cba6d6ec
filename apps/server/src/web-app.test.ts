import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebApp } from './web-app.ts'
import { builtFolder } from './web-files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'veche-web-'))
  await cp(builtFolder()!, folder, { recursive: true })
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('C15 what was changed after it was made is found: a file, its compressed form, the list, or who names the list', async () => {
  const whole = (await WebApp.read(folder))!
  expect(whole.damaged).toEqual([])
  const script = whole.paths.find((path) => /^\/assets\/main-.*\.js$/.test(path))!
  for (const [path, change, damaged] of [
    [script, (bytes: Buffer) => Buffer.concat([bytes, Buffer.from(';')]), script],
    [`${script}.br`, (bytes: Buffer) => bytes.subarray(1), script],
    [`${script}.gz`, () => gzipSync('alert(1)'), script],
    ['/release.json', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from(' ')]), '/service-worker.js'],
    ['/service-worker.js', () => Buffer.from('self'), '/service-worker.js'],
  ] as const) {
    const before = await readFile(join(folder, path))
    await writeFile(join(folder, path), change(before))
    expect((await WebApp.read(folder))!.damaged, path).toContain(damaged)
    await writeFile(join(folder, path), before)
  }
  expect((await WebApp.read(folder))!.damaged).toEqual([])
})

test('where it was not built there is none', async () => {
  expect(await WebApp.read(join(folder, 'none'))).toBeUndefined()
})

test('M2 an answer depends on nothing but the path, the coding that is taken, and what is there already', async () => {
  const web = (await WebApp.read(folder))!
  const plain = web.answerTo({ url: '/', method: 'GET', headers: {} })!
  const others = {
    'user-agent': 'x',
    'accept-language': 'ru',
    cookie: 'a=b',
    range: 'bytes=0-1',
    origin: 'null',
  }
  expect(web.answerTo({ url: '/?x=y', method: 'GET', headers: others })).toEqual(plain)
  expect(web.answerTo({ url: '/', method: 'POST', headers: {} })).toBeUndefined()
  const etag = plain.headers.etag!
  expect(web.answerTo({ url: '/', method: 'GET', headers: { 'if-none-match': etag } })).toMatchObject({
    status: 304,
  })
})
