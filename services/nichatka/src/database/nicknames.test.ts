import type { Queryable } from '@veche/service-kit'
import { expect, test } from 'vitest'
import type { HostId } from '../domain.ts'
import { Nicknames } from './nicknames.ts'

const [one, two] = [1 as HostId, 2 as HostId]

/** Each host has users 1 to 9; notes who was asked for. */
function fakeDatabase() {
  const asked: string[] = []
  const query = async (statement: unknown) => {
    const { values } = statement as { values: readonly [HostId, readonly number[]] }
    const [hostId, ids] = values
    asked.push(`${hostId}: ${ids.join()}`)
    const rows = ids.filter((id) => id < 10).map((id) => ({ id, nickname: `user${id} of ${hostId}` }))
    return { rows, rowCount: rows.length }
  }
  return { asked, database: { query } as unknown as Queryable }
}

test('N13 only nicknames that are not known are looked up, each for its own host', async () => {
  const { asked, database } = fakeDatabase()
  const nicknames = new Nicknames(database)
  await nicknames.find(one, [1, 2])
  expect([...(await nicknames.find(one, [3, 1]))].sort()).toEqual([
    [1, 'user1 of 1'],
    [3, 'user3 of 1'],
  ])
  expect([...(await nicknames.find(two, [1]))]).toEqual([[1, 'user1 of 2']])
  expect(await nicknames.find(one, [1, 2, 3])).toHaveProperty('size', 3)
  expect(asked).toEqual(['1: 1,2', '1: 3', '2: 1'])
})

test('N13 no more nicknames are remembered than there is room for, and all are found all the same', async () => {
  const { asked, database } = fakeDatabase()
  const nicknames = new Nicknames(database, 2)
  expect(await nicknames.find(one, [1, 2, 3])).toHaveProperty('size', 3)
  expect(await nicknames.find(one, [2, 3])).toHaveProperty('size', 2)
  expect(await nicknames.find(one, [1, 2, 3])).toHaveProperty('size', 3)
  expect(asked).toEqual(['1: 1,2,3', '1: 1'])
  expect(await nicknames.find(one, [10])).toHaveProperty('size', 0)
})
