import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Acceptance, REFUSAL_LASTS_MS } from '../requests/pair.ts'
import {
  isShown,
  type MemberRequestEvent,
  type MemberRequestState,
  type MemberRequestTransition,
  nextMemberRequest,
} from './member-request.ts'

const none: MemberRequestState = { kind: 'none' }
const ask = (acceptance: Acceptance): MemberRequestEvent => ({ kind: 'ask', acceptance })
const [allow, refuse]: [MemberRequestEvent, MemberRequestEvent] = [{ kind: 'allow' }, { kind: 'refuse' }]
const after = (state: MemberRequestState, transition: MemberRequestTransition) =>
  transition.kind === 'changed' ? transition.state : state

function run(...events: readonly (readonly [number, MemberRequestEvent])[]): MemberRequestState {
  return events.reduce((state, [nowMs, event]) => after(state, nextMemberRequest(state, event, nowMs)), none)
}

test('M11 one who wishes to be asked is shown the request, and the asker is told the answer', () => {
  const asked = nextMemberRequest(none, ask('confirm'), 1)
  expect(asked).toEqual({
    kind: 'changed',
    newRequest: true,
    notice: 'request',
    state: { kind: 'pending', shown: true, sinceMs: 1 },
  })
  const pending = after(none, asked)
  expect(nextMemberRequest(pending, allow, 2)).toMatchObject({
    notice: 'answer',
    state: { kind: 'allowed', answered: true },
  })
  expect(nextMemberRequest(pending, refuse, 2)).toMatchObject({
    notice: 'answer',
    state: { kind: 'refused' },
  })
})

test('M11 B6 a request to one who forbids is kept and not shown', () => {
  const asked = nextMemberRequest(none, ask('forbidden'), 1)
  expect(asked).toMatchObject({ state: { kind: 'pending', shown: false } })
  expect(asked).not.toHaveProperty('notice')
  for (const event of [allow, refuse]) {
    expect(nextMemberRequest(after(none, asked), event, 2)).toEqual({ kind: 'unknown' })
  }
})

test('asking again follows a policy that has become more open, and no other', () => {
  const hidden = run([1, ask('forbidden')])
  const shown = run([1, ask('confirm')])
  expect(nextMemberRequest(hidden, ask('forbidden'), 2)).toEqual({ kind: 'unchanged' })
  expect(nextMemberRequest(hidden, ask('confirm'), 2)).toMatchObject({ newRequest: false, notice: 'request' })
  expect(nextMemberRequest(shown, ask('forbidden'), 2)).toEqual({ kind: 'unchanged' })
  expect(nextMemberRequest(shown, ask('confirm'), 2)).toEqual({ kind: 'unchanged' })
  expect(nextMemberRequest(shown, ask('allowed'), 2)).toMatchObject({
    newRequest: false,
    state: { kind: 'allowed', answered: false },
  })
})

test('M19 what nobody has answered is looked at again by each ask; what was answered holds until it is refused', () => {
  const byPolicy = run([1, ask('allowed')])
  expect(byPolicy).toEqual({ kind: 'allowed', answered: false, sinceMs: 1 })
  expect(isShown(byPolicy)).toBe(false)
  expect(nextMemberRequest(byPolicy, refuse, 2)).toEqual({ kind: 'unknown' })
  expect(run([1, ask('allowed')], [5, ask('allowed')])).toEqual({ ...byPolicy, sinceMs: 5 })
  expect(run([1, ask('allowed')], [5, ask('confirm')])).toMatchObject({ kind: 'pending', shown: true })
  expect(run([1, ask('allowed')], [5, ask('forbidden')])).toMatchObject({ kind: 'pending', shown: false })
  const answered = run([1, ask('confirm')], [2, allow])
  expect(nextMemberRequest(answered, ask('forbidden'), 3)).toEqual({ kind: 'unchanged' })
  expect(nextMemberRequest(answered, allow, 3)).toEqual({ kind: 'unchanged' })
  expect(nextMemberRequest(answered, refuse, 3)).toMatchObject({ state: { kind: 'refused' } })
})

test('M19 a refusal is final for 30 days', () => {
  const refused = run([1, ask('confirm')], [2, refuse])
  for (const event of [ask('allowed'), allow, refuse]) {
    expect(nextMemberRequest(refused, event, 1 + REFUSAL_LASTS_MS)).toEqual({ kind: 'unchanged' })
  }
  expect(nextMemberRequest(refused, ask('confirm'), 2 + REFUSAL_LASTS_MS)).toMatchObject({
    newRequest: true,
    notice: 'request',
  })
})

const seed = Number(process.env.VECHE_SEED ?? Date.now() % 2 ** 31)
const event = fc.oneof(
  fc.constantFrom<Acceptance>('forbidden', 'confirm', 'allowed').map(ask),
  fc.constantFrom(allow, refuse),
)

test(`M11 in any history nobody may be added who has not agreed, by an answer or a policy (seed ${seed})`, () => {
  const history = fc.array(fc.tuple(fc.integer({ min: 0, max: REFUSAL_LASTS_MS / 4 }), event), {
    maxLength: 30,
  })
  fc.assert(
    fc.property(history, (steps) => {
      let state: MemberRequestState = none
      let nowMs = 0
      let agreed = false
      for (const [passedMs, step] of steps) {
        nowMs += passedMs
        const transition = nextMemberRequest(state, step, nowMs)
        if (transition.kind === 'changed') {
          if (step.kind === 'ask') agreed = step.acceptance === 'allowed'
          else agreed = step.kind === 'allow'
        }
        if (transition.kind === 'unknown') expect(isShown(state)).toBe(false)
        state = after(state, transition)
        expect(state.kind === 'allowed').toBe(agreed)
      }
    }),
    { seed, numRuns: 2000 },
  )
})
