/** What tells apart two accounts that have, or had, one handle (attack A2). */
import type { Binding } from '@veche/client'
import type { Words } from './words/en.ts'

/** Empty for who the handle stands for. @param chat the one with that account, or the account itself */
export function bindingMark(
  { chat, binding }: { readonly chat: string; readonly binding: Binding },
  words: Words,
): string {
  switch (binding) {
    case 'bound':
      return ''
    case 'claimed':
      return words.labels.claimed
    case 'unbound':
      return words.labels.unbound(chat)
    default:
      return binding satisfies never
  }
}
