import { expect, test } from 'vitest'
import { startTestService } from '../testing/test-service.ts'

test('a user who asks without end is held up, and nobody else is', async () => {
  await using service = await startTestService({ rate: 2 })
  const vera = service.user('Вера')
  for (let count = 0; count < 20; count++) expect((await vera.get('status')).status).toBe(200)
  const held = await vera.get('status')
  expect([held.status, held.error, held.headers.get('retry-after')]).toEqual([429, 'too-many-requests', '1'])
  expect(held.find('notice')?.attributes.get('role')).toBe('alert')
  expect((await service.user('boris').get('status')).status).toBe(200)
  expect((await service.user('Вера', service.sklad).get('status')).status).toBe(200)
  service.clock.advance(1_000)
  expect((await vera.get('status')).status).toBe(200)
})

test('messages are sent at a tenth of that, and one that is held up is not sent', async () => {
  await using service = await startTestService({ rate: 20 })
  const vera = service.user('Вера')
  const send = (count: number) =>
    vera.post('messages', { id: `message-${count}`, text: `${count}`, to: 'user:boris' })
  for (let count = 0; count < 60; count++) expect((await send(count)).status).toBe(201)
  expect((await send(60)).status).toBe(429)
  const { text } = await service.user('boris').get('panel', { limit: 1 })
  expect(text).toContain('<p>59</p>')
  service.clock.advance(500)
  expect((await send(60)).status).toBe(201)
})

test('N7 so are groups made and changed: each may bring people in whom nobody knows, and who stay', async () => {
  await using service = await startTestService({ rate: 20 })
  const vera = service.user('Вера')
  const make = (count: number) => vera.post('groups', { name: `group ${count}`, member: `stranger ${count}` })
  for (let count = 0; count < 30; count++) expect((await make(count)).status).toBe(201)
  for (let count = 0; count < 30; count++) {
    expect((await vera.patch('groups/1', { add: `newcomer ${count}` })).status).toBe(200)
  }
  expect((await make(60)).status).toBe(429)
  expect((await vera.patch('groups/1', { add: 'newcomer 60' })).status).toBe(429)
  service.clock.advance(500)
  expect((await make(60)).status).toBe(201)
})

test('C4 who guesses tokens is held up, and who was merely signed out is not', async () => {
  await using service = await startTestService({ rate: 1000 })
  const ask = async (token: string) =>
    (
      await fetch(`${service.url}/nichatka/v1/status?user=x`, {
        headers: { authorization: `Bearer ${token}` },
      })
    ).status
  const expired = service.user('x').makeToken()
  service.clock.advance(600_000)
  for (let count = 0; count < 200; count++) expect(await ask(expired)).toBe(401)
  for (let count = 0; count < 100; count++) expect(await ask('guess')).toBe(401)
  expect(await ask('guess')).toBe(429)
  expect(await ask(service.user('x').makeToken())).toBe(200)
  service.clock.advance(100)
  expect(await ask('guess')).toBe(401)
})

test('a rate of 0 is no limit', async () => {
  await using service = await startTestService({ rate: 0 })
  for (let count = 0; count < 120; count++) expect((await service.user('x').get('status')).status).toBe(200)
})
