import { hash } from 'node:crypto'
import type { Query } from '@veche/service-kit'
import type { ResolvedFilter } from './message-filter.ts'

/**
 * Whether the statements of a filter have few forms, each of which has one good plan whatever the values: they read one piece of one
 * index in its order. What depends on other tables is planned for its values, and has too many forms to be kept.
 */
export function hasOnePlan({ to, groupId, thread, sinceMs, untilMs }: ResolvedFilter): boolean {
  return [to, groupId, thread, sinceMs, untilMs].every((each) => each === undefined)
}

/** Prepared where that filter has one plan: planning takes longer than running. */
export function planned({ text, values = [] }: Query, filter: ResolvedFilter): Query {
  return hasOnePlan(filter)
    ? { name: `list_${hash('sha256', text).slice(0, 32)}`, text, values }
    : { text, values }
}
