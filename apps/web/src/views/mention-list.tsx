/** Who can be named: those of the group whose handle or name begins so. */
import type { GroupMember } from '@veche/client'
import type { JSX } from 'preact'
import { useWords } from './context.ts'
import { nameOf } from './person-name.tsx'

/** The beginning of a handle that ends at the caret, with its @. */
export function handleBefore(text: string, caret: number): string | undefined {
  return /(?<![\p{L}\p{N}_.-])@[\p{L}\p{N}_.-]*$/u.exec(text.slice(0, caret))?.[0]
}

const MOST = 6

export function matching(
  people: readonly GroupMember[],
  begun: string,
): { readonly handle: string; readonly name: string }[] {
  const wish = begun.slice(1).toLocaleLowerCase()
  const found = people.filter(({ handle, name }) => {
    return handle !== '' && (handle.startsWith(wish) || name.toLocaleLowerCase().startsWith(wish))
  })
  return found.slice(0, MOST).map((person) => ({ handle: `@${person.handle}`, name: nameOf(person) }))
}

export function MentionList({
  people,
  choice,
  onChoose,
}: {
  readonly people: readonly { readonly handle: string; readonly name: string }[]
  readonly choice: number
  readonly onChoose: (handle: string) => void
}): JSX.Element {
  const { chats } = useWords()
  return (
    <div id="mentions" class="mentions" role="listbox" aria-label={chats.whoNamed}>
      {people.map(({ handle, name }, index) => (
        <div
          key={handle}
          id={`mention-${index}`}
          role="option"
          tabIndex={-1}
          aria-selected={index === choice}
          onPointerDown={(event) => {
            event.preventDefault()
            onChoose(handle)
          }}
        >
          <bdi>{name}</bdi> <span class="quiet">{handle}</span>
        </div>
      ))}
    </div>
  )
}
