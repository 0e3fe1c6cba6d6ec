/**
 * Each message has lists of choices; what they offer is sent once, in another list of the panel. They are whole before they stand in it, so
 * that each is a list like any other, to a keyboard as to a screen reader.
 */

/**
 * Lets a list with `data-choices` offer what the list of that `id` does, in its order, but for the empty choice. Choices that it brings itself
 * stay as they are.
 */
export function takeChoices(fresh: Element, root: ParentNode): void {
  const own = fresh.querySelectorAll('select')
  const lists = [...own, ...root.querySelectorAll('select')]
  for (const list of own)
    for (const { value, text } of lists.find((other) => other.id === list.dataset.choices) ?? [])
      if (value) list.append([...list].find((own) => own.value === value) ?? new Option(text, value))
}
