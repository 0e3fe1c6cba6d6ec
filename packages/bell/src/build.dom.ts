import type { FragmentNode } from './read-fragments.ts'

/** Makes what was read, node by node: names come from the lists of `readFragments` or from this package. */
export function buildElement(node: FragmentNode): HTMLElement {
  const element = document.createElement(node.name)
  for (const [name, value] of node.attributes) element.setAttribute(name, value)
  for (const child of node.children) element.append(typeof child === 'string' ? child : buildElement(child))
  return element
}

/** The same from a few words, for what the widget draws itself. */
export function make(
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: (Node | string)[]
): HTMLElement {
  const element = buildElement({ name, attributes: Object.entries(attributes), children: [] })
  element.append(...children)
  return element
}

export const byKey = (root: ParentNode, key: string): HTMLElement | null =>
  root.querySelector(`[data-key="${key}"]`)
