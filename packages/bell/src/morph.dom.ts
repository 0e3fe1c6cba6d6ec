/**
 * Makes an element say what a fresh one says. What is the same stays in place, so that focus, caret, scroll position and what somebody has
 * opened or written stay, too.
 */

/** What makes an element the same one in the next answer. */
const signs = ['id', 'data-key', 'data-draft', 'data-call', 'data-send', 'name']

/** @param byUser the user asked for it: what they opened closes, and controls say what the answer says, but the one they are in */
export function morph(old: Element, fresh: Element, byUser: boolean): void {
  if (signOf(old) !== signOf(fresh)) {
    old.replaceWith(fresh)
    return
  }
  morphAttributes(old, fresh, byUser)
  morphChildren(old, fresh, byUser)
  if (byUser && old.matches(':is(input,select,textarea):not(:focus)')) {
    ;(old as HTMLInputElement).value = (fresh as HTMLInputElement).value
    ;(old as HTMLInputElement).checked = (fresh as HTMLInputElement).checked
  }
}

function morphAttributes(old: Element, fresh: Element, byUser: boolean): void {
  for (const name of old.getAttributeNames())
    if (!fresh.hasAttribute(name) && name !== 'tabindex' && (byUser || name !== 'open'))
      old.removeAttribute(name)
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value)
}

/** What is gone goes first, so that nothing that stays has to be moved: moving takes the focus away. */
function morphChildren(old: Element, fresh: Element, byUser: boolean): void {
  const rest = [...old.childNodes]
  const pairs = [...fresh.childNodes].map((child) => {
    const index = rest.findIndex((node) => signOf(node) === signOf(child))
    return [child, index < 0 ? undefined : rest.splice(index, 1)[0]] as const
  })
  for (const node of rest) node.remove()
  let next = old.firstChild
  for (const [child, same] of pairs) {
    if (same && same === next) next = next.nextSibling
    else old.insertBefore(same ?? child, next)
    if (same instanceof Element) morph(same, child as Element, byUser)
    else if (same && same.nodeValue !== child.nodeValue) same.nodeValue = child.nodeValue
  }
}

/** An item of a list is the same one when what it holds is. */
const signOf = (node: Node): string =>
  node.nodeName +
  (node instanceof Element
    ? [node.firstElementChild?.getAttribute('data-key'), ...signs.map((name) => node.getAttribute(name))]
    : '')
