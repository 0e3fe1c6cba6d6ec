import { readFragments } from './read-fragments.ts'

/** @throws SyntaxError for what is no answer of the service */
export const build = (markup: string): HTMLElement[] =>
  readFragments(markup, (name) => document.createElement(name))

export const byKey = (root: ParentNode, key = ''): HTMLElement | undefined =>
  [...root.querySelectorAll<HTMLElement>('[data-key]')].find((element) => element.dataset.key === key)
