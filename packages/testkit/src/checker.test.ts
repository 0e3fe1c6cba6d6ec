import { expect, test } from 'vitest'
import { check, type Operation, type Verdict } from './checker.ts'

const members = new Map([['chat', ['alice', 'bob']]])
const texts = new Map([['chat', new Set(['one', 'two'])]])
const judge = (operations: readonly Operation[]) => check(operations, members, texts)

function line(client: string, id: string, seq: number, text = id): Operation {
  return { kind: 'final', client, chat: 'chat', id, seq: BigInt(seq), text }
}
const promised: Operation[] = ['one', 'two'].map((id) => ({
  kind: 'accepted',
  client: 'alice',
  chat: 'chat',
  id,
}))
const good = [
  ...promised,
  line('alice', 'one', 1),
  line('alice', 'two', 2),
  line('bob', 'one', 1),
  line('bob', 'two', 2),
]

function without(client: string, id: string): Operation[] {
  return good.filter((o) => !(o.kind === 'final' && o.client === client && o.id === id))
}

test('a run in which everybody has everything once and in order is good', () => {
  expect(judge(good)).toEqual({
    lost: [],
    duplicated: [],
    reordered: [],
    phantom: [],
    unreadable: [],
    delivered: 2,
  })
})

const faults: readonly [string, readonly Operation[], keyof Verdict][] = [
  ['missing from the other', without('bob', 'two'), 'lost'],
  ['missing from the sender', without('alice', 'two'), 'lost'],
  [
    'acknowledged and nowhere',
    [{ kind: 'acknowledged', client: 'alice', chat: 'chat', id: 'one', seq: 1n }],
    'lost',
  ],
  ['of unknown fate and with one member', [line('alice', 'one', 1)], 'lost'],
  ['twice in a history', [...good, line('bob', 'two', 3)], 'duplicated'],
  ['under two ids', [...good, line('bob', 'again', 3, 'two')], 'duplicated'],
  ['out of order', [line('alice', 'two', 2), line('alice', 'one', 1)], 'reordered'],
  ['at two positions', [...without('bob', 'two'), line('bob', 'two', 3)], 'reordered'],
  [
    'at one position with another',
    [...without('bob', 'two'), line('bob', 'one more', 2, 'two')],
    'reordered',
  ],
  ['sent by nobody', [...good, line('bob', 'three', 3, 'three')], 'phantom'],
  [
    'unreadable',
    [...good, { kind: 'unreadable', client: 'bob', chat: 'chat', detail: 'at 3' }],
    'unreadable',
  ],
]

test.each(faults)('a message %s is found', (_name, operations, fault) => {
  expect(judge(operations)[fault]).not.toEqual([])
})

test('a message shown twice to one client is found, shown once to each is not', () => {
  const shown = (client: string): Operation => ({
    kind: 'shown',
    client,
    chat: 'chat',
    id: 'one',
    seq: 1n,
    text: 'one',
  })
  expect(judge([...good, shown('alice'), shown('bob')]).duplicated).toEqual([])
  expect(judge([...good, shown('bob'), shown('bob')]).duplicated).toEqual(['one'])
})
