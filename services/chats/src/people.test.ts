import { randomBytes } from 'node:crypto'
import { AccountId } from '@veche/protocol'
import { expect, test } from 'vitest'
import { People } from './people.ts'
import { FakeAccounts } from './testing/fake-accounts.ts'

test('M13 the people of a group of 1,000 are looked up by one call', async () => {
  const accounts = new FakeAccounts()
  const ids = Array.from({ length: 1000 }, () => AccountId.fromBytes(randomBytes(32)))
  await new People(accounts.client()).find([...ids, ...ids])
  expect(accounts.calls).toEqual(['getAccounts'])
})
