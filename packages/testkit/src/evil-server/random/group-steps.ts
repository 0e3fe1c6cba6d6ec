/** Stories of groups, as data like those of private chats (`steps.ts`). */
import fc from 'fast-check'
import { ANY_LIE, type Lie } from './steps.ts'

/**
 * People by number: `who` among those who have a group, `to` among those who are in it, or are not in it yet, as the deed
 * asks; groups likewise, of those that the person has.
 */
export type GroupStep =
  | { readonly do: 'say-in'; readonly who: number; readonly group: number; readonly texts: number }
  | { readonly do: 'found'; readonly who: number }
  | { readonly do: 'bring'; readonly who: number; readonly group: number; readonly to: number }
  | { readonly do: 'put-out'; readonly who: number; readonly group: number; readonly to: number }
  | { readonly do: 'ban'; readonly who: number; readonly group: number; readonly to: number }
  | {
      readonly do: 'role'
      readonly who: number
      readonly group: number
      readonly to: number
      readonly role: Role
    }
  | { readonly do: 'rename'; readonly who: number; readonly group: number }
  /** Two who change something at the same time. */
  | { readonly do: 'race'; readonly who: number; readonly group: number; readonly to: number }
  /** By a link, which is made where there is none. */
  | { readonly do: 'join'; readonly who: number; readonly group: number; readonly to: number }
  | { readonly do: 'leave'; readonly who: number; readonly group: number }
  | { readonly do: 'listen' | 'restart' | 'honest'; readonly who: number }
  | { readonly do: 'lie'; readonly who: number; readonly lies: readonly Lie[] }
  | ServiceStep

/** What becomes of the services themselves. */
export type ServiceStep =
  /** From now on this person talks to services of their own. */
  | { readonly do: 'fork'; readonly who: number }
  | { readonly do: 'merge' | 'remember' | 'roll-back' | 'reset' }

const ROLES = ['reader', 'member', 'admin', 'owner'] as const
type Role = (typeof ROLES)[number]

export interface GroupStory {
  /** 3 to 6. */
  readonly people: number
  readonly steps: readonly GroupStep[]
}

export function groupStories(): fc.Arbitrary<GroupStory> {
  const who = fc.nat({ max: 5 })
  const group = fc.nat({ max: 1 })
  const kind = <const Do extends GroupStep['do']>(name: Do) => ({ do: fc.constant(name) })
  const at = { who, group }
  const step: fc.Arbitrary<GroupStep> = fc.oneof(
    often(10, fc.record({ ...kind('say-in'), ...at, texts: fc.integer({ min: 1, max: 2 }) })),
    often(2, fc.record({ ...kind('listen'), who })),
    often(1, fc.record({ ...kind('restart'), who })),
    often(9, fc.record({ ...kind('lie'), who, lies: fc.array(ANY_LIE, { minLength: 1, maxLength: 2 }) })),
    often(1, fc.record({ ...kind('honest'), who })),
    often(1, fc.record({ ...kind('found'), who })),
    often(4, fc.record({ ...kind('bring'), ...at, to: who })),
    often(2, fc.record({ ...kind('put-out'), ...at, to: who })),
    often(1, fc.record({ ...kind('ban'), ...at, to: who })),
    often(2, fc.record({ ...kind('role'), ...at, to: who, role: fc.constantFrom(...ROLES) })),
    often(2, fc.record({ ...kind('rename'), ...at })),
    often(2, fc.record({ ...kind('race'), ...at, to: who })),
    often(4, fc.record({ ...kind('join'), ...at, to: who })),
    often(2, fc.record({ ...kind('leave'), ...at })),
    often(1, fc.record({ ...kind('fork'), who })),
    often(1, fc.record({ do: fc.constantFrom('merge', 'remember', 'roll-back', 'reset') })),
  )
  return fc.record({
    people: fc.integer({ min: 3, max: 6 }),
    steps: fc.array(step, { minLength: 5, maxLength: 16, size: 'max' }),
  })
}

function often<T>(weight: number, arbitrary: fc.Arbitrary<T>) {
  return { weight, arbitrary }
}
