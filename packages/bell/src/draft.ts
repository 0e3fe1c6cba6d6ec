/**
 * What somebody is writing: kept in this tab until it is sent. The key of a message (`id`) belongs to exactly what was sent under it, so that
 * trying again is a repetition, while a corrected text is another message and is not lost.
 */
export interface Draft {
  /** Name, value, and the words of a chosen one. */
  readonly fields: readonly (readonly [name: string, value: string, label?: string | undefined])[]
  /** The last attempt: its `id`, and what was in it. */
  readonly id?: string
  readonly attempted?: string
}

/** @returns the draft as attempted with this content: under a new `id` unless the same was tried before */
export function attempt(draft: Draft, content: string): Draft & { readonly id: string } {
  const id = (draft.attempted === content && draft.id) || newId()
  return { ...draft, id, attempted: content }
}

/** Not `randomUUID`: it is missing where the page came by plain HTTP. */
const newId = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-')
