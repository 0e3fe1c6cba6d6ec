import type { Operation } from './checker.ts'

/** A line of a chatter's journal: an operation for the checker, or a text that is about to be sent. */
export type ChatterLine =
  | Operation
  | { readonly kind: 'trying'; readonly client: string; readonly chat: string; readonly text: string }
