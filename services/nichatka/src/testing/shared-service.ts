/** The whole service and two users of vehno, for the file of tests that imports them: there from its first hook to its last. */
import { afterAll, beforeAll } from 'vitest'
import { startTestService, type TestService } from './test-service.ts'
import type { TestUser } from './test-user.ts'

export let service: TestService
export let vera: TestUser
export let boris: TestUser

beforeAll(async () => {
  service = await startTestService()
  vera = service.user('Вера')
  boris = service.user('boris')
})
afterAll(() => service?.[Symbol.asyncDispose]())
