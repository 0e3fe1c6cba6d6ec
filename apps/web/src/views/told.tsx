/** What has just happened, above everything else, in words. */
import type { JSX } from 'preact'
import { useApp, useWords } from './context.ts'
import { IconButton } from './controls.tsx'
import { Icon } from './icon.tsx'

export function Told(): JSX.Element {
  const { telling } = useApp()
  const words = useWords()
  return (
    <div class="told" role="status">
      {telling.told.value.map(({ id, text, isFailure }) => (
        <div key={id} class={isFailure ? 'told-one told-failure' : 'told-one'}>
          {isFailure && <Icon name="warning" />}
          <p>{text}</p>
          <IconButton icon="close" label={words.dismiss} onClick={() => telling.dismiss(id)} />
        </div>
      ))}
    </div>
  )
}
