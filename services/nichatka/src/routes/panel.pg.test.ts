import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestService, type TestService } from '../testing/test-service.ts'
import { textOf } from '../testing/test-user.ts'

let service: TestService
beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service[Symbol.asyncDispose]())

test('N10 the panel', async () => {
  const vera = service.user('Вера')
  const boris = service.user('boris')
  await vera.get('status')
  await boris.send('Рассада готова', { to: ['user:Вера', 'everyone'], priority: 'critical' })
  const panel = await vera.get('panel')
  expect(panel.status).toBe(200)
  expect(textOf(panel.find('bell'))).toBe('1 1 новое сообщение, есть критичные')
})
