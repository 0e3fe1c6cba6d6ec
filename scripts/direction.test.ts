import { expect, test } from 'vitest'
import { directionProblems, manifestProblems } from './direction.ts'

test('the arrows of this repository point down only', () => {
  expect(directionProblems(process.cwd())).toEqual([])
})

test('an arrow that points up, sideways or across is found', () => {
  const depend = (name: string, on: string) => manifestProblems({ name, dependencies: { [on]: '0.1.0' } })
  expect(depend('@veche/protocol', '@veche/mls')).toHaveLength(1)
  expect(depend('@veche/service-chats', '@veche/service-accounts')).toHaveLength(1)
  expect(depend('@veche/client', '@veche/service-kit')).toHaveLength(1)
  expect(depend('@veche/somewhere-new', '@veche/protocol')).toHaveLength(1)
  expect(depend('@veche/client', '@veche/sync')).toEqual([])
})
