import { AccountId } from '@veche/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Acceptance,
  nextPairState,
  type PairEvent,
  type PairState,
  REFUSAL_LASTS_MS,
  RIGHT_LASTS_MS,
  type Transition,
} from './pair.ts'

const alice = AccountId.fromBytes(new Uint8Array(32).fill(1))
const bob = AccountId.fromBytes(new Uint8Array(32).fill(2))
const other = (account: AccountId) => (account === alice ? bob : alice)

const none: PairState = { kind: 'none' }
const request = (by: AccountId, acceptance: Acceptance): PairEvent => ({ kind: 'request', by, acceptance })
const after = (state: PairState, transition: Transition) =>
  transition.kind === 'changed' ? transition.state : state

function run(events: readonly (readonly [number, PairEvent])[]): PairState {
  return events.reduce((state, [nowMs, event]) => after(state, nextPairState(state, event, nowMs)), none)
}

test('M11 M14 with confirmation the one who is asked allows, and holds the right', () => {
  const asked = nextPairState(none, request(alice, 'confirm'), 1)
  expect(asked).toEqual({
    kind: 'changed',
    newRequest: true,
    notice: 'request',
    state: { kind: 'pending', asker: alice, shown: true, sinceMs: 1 },
  })
  const allowed = nextPairState(after(none, asked), { kind: 'allow', by: bob }, 2)
  expect(allowed).toMatchObject({ notice: 'answer', state: { kind: 'allowed', asker: alice, holder: bob } })
  expect(nextPairState(after(none, allowed), { kind: 'create', by: alice }, 3)).toEqual({ kind: 'unknown' })
  expect(nextPairState(after(none, allowed), { kind: 'create', by: bob }, 3)).toMatchObject({
    state: { kind: 'open' },
  })
})

test('M11 one who allows anyone gives the right at once and is told', () => {
  const transition = nextPairState(none, request(alice, 'allowed'), 1)
  expect(transition).toMatchObject({
    notice: 'request',
    state: { kind: 'allowed', asker: alice, holder: alice },
  })
})

test('M11 B6 a request to one who forbids is kept and not shown', () => {
  const transition = nextPairState(none, request(alice, 'forbidden'), 1)
  expect(transition).toMatchObject({ kind: 'changed', state: { kind: 'pending', shown: false } })
  expect(transition).not.toHaveProperty('notice')
  const hidden = after(none, transition)
  for (const kind of ['allow', 'refuse'] as const) {
    expect(nextPairState(hidden, { kind, by: bob }, 2)).toEqual({ kind: 'unknown' })
  }
})

test('asking again follows a policy that has become more open, and no other', () => {
  const hidden: PairState = { kind: 'pending', asker: alice, shown: false, sinceMs: 1 }
  const shown: PairState = { ...hidden, shown: true }
  expect(nextPairState(hidden, request(alice, 'forbidden'), 2)).toEqual({ kind: 'unchanged' })
  expect(nextPairState(hidden, request(alice, 'confirm'), 2)).toMatchObject({
    notice: 'request',
    state: shown,
  })
  expect(nextPairState(hidden, request(alice, 'allowed'), 2)).toMatchObject({ notice: 'request' })
  expect(nextPairState(shown, request(alice, 'forbidden'), 2)).toEqual({ kind: 'unchanged' })
  expect(nextPairState(shown, request(alice, 'confirm'), 2)).toEqual({ kind: 'unchanged' })
  const opened = nextPairState(shown, request(alice, 'allowed'), 2)
  expect(opened).toMatchObject({ state: { kind: 'allowed', holder: alice } })
  expect(opened).not.toHaveProperty('notice')
})

test('M14 crossing requests merge: who asks second holds the right, whatever the policies say', () => {
  for (const shown of [true, false]) {
    for (const acceptance of ['forbidden', 'confirm', 'allowed'] as const) {
      const state: PairState = { kind: 'pending', asker: alice, shown, sinceMs: 1 }
      expect(nextPairState(state, request(bob, acceptance), 2)).toMatchObject({
        notice: 'answer',
        newRequest: false,
        state: { kind: 'allowed', asker: alice, holder: bob },
      })
    }
  }
})

test('M19 a refusal is final for 30 days, unless the refuser asks in turn', () => {
  const asked = [1, request(alice, 'confirm')] as const
  const refusal = [2, { kind: 'refuse', by: bob } as const] as const
  const refused = run([asked, refusal])
  expect(refused).toEqual({ kind: 'refused', asker: alice, sinceMs: 2 })
  for (const event of [request(alice, 'allowed'), { kind: 'allow', by: bob } as const, refusal[1]]) {
    expect(nextPairState(refused, event, 1 + REFUSAL_LASTS_MS)).toEqual({ kind: 'unchanged' })
  }
  expect(nextPairState(refused, request(alice, 'confirm'), 2 + REFUSAL_LASTS_MS)).toMatchObject({
    newRequest: true,
    state: { kind: 'pending', asker: alice },
  })
  expect(nextPairState(refused, request(bob, 'confirm'), 3)).toMatchObject({
    newRequest: true,
    state: { kind: 'pending', asker: bob },
  })
})

test('M19 the one who was asked may take the consent back until the chat is open', () => {
  expect(
    run([
      [1, request(alice, 'allowed')],
      [2, { kind: 'refuse', by: bob }],
    ]),
  ).toMatchObject({ kind: 'refused' })
  expect(
    run([
      [1, request(alice, 'confirm')],
      [2, { kind: 'allow', by: bob }],
      [3, { kind: 'refuse', by: bob }],
    ]),
  ).toMatchObject({ kind: 'refused' })
  const open: PairState = { kind: 'open' }
  expect(nextPairState(open, { kind: 'refuse', by: bob }, 4)).toEqual({ kind: 'unchanged' })
})

test('an unused right goes over to the other, who asks too, once its grant has ended', () => {
  const allowed: PairState = { kind: 'allowed', asker: alice, holder: alice, sinceMs: 0 }
  expect(nextPairState(allowed, request(bob, 'confirm'), RIGHT_LASTS_MS - 1)).toEqual({ kind: 'unchanged' })
  expect(nextPairState(allowed, request(alice, 'confirm'), RIGHT_LASTS_MS)).toEqual({ kind: 'unchanged' })
  expect(nextPairState(allowed, request(bob, 'confirm'), RIGHT_LASTS_MS)).toMatchObject({
    state: { kind: 'allowed', holder: bob, asker: alice },
  })
})

const account = fc.constantFrom(alice, bob)
const event: fc.Arbitrary<PairEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('request' as const),
    by: account,
    acceptance: fc.constantFrom('forbidden' as const, 'confirm' as const, 'allowed' as const),
  }),
  fc.record({ kind: fc.constantFrom('allow' as const, 'refuse' as const, 'create' as const), by: account }),
)
const seed = Number(process.env.VECHE_SEED ?? Date.now() % 2 ** 31)

test(`M11 M14 in any history no chat opens without both having agreed, and an open one stays (seed ${seed})`, () => {
  const history = fc.array(fc.tuple(fc.integer({ min: 0, max: REFUSAL_LASTS_MS / 4 }), event), {
    maxLength: 30,
  })
  fc.assert(
    fc.property(history, (steps) => {
      let state: PairState = none
      let nowMs = 0
      const agreed = new Set<AccountId>()
      for (const [passedMs, step] of steps) {
        nowMs += passedMs
        const transition = nextPairState(state, step, nowMs)
        if (step.kind === 'request') {
          agreed.add(step.by)
          if (step.acceptance === 'allowed') agreed.add(other(step.by))
        }
        if (step.kind === 'allow' && transition.kind === 'changed') agreed.add(step.by)
        if (state.kind === 'open') expect(transition.kind).not.toBe('changed')
        state = after(state, transition)
        if (state.kind === 'allowed' || state.kind === 'open') expect(agreed.size).toBe(2)
        if (state.kind === 'refused') agreed.delete(other(state.asker))
      }
    }),
    { seed, numRuns: 2000 },
  )
})
