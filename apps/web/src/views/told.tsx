/** What has just happened and what waits for a word, above everything else. */
import type { JSX } from 'preact'
import { useApp, useWords } from './context.ts'
import { Button, IconButton } from './controls.tsx'
import { Icon } from './icon.tsx'

export function Told(): JSX.Element {
  const { session, telling } = useApp()
  const words = useWords()
  return (
    <div class="told" role="status">
      {session.isLost.value && (
        <div class="told-one">
          <p class="told-alone">{words.lost}</p>
        </div>
      )}
      <Release />
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

function Release(): JSX.Element | null {
  const { takeRelease } = useApp()
  const { release, later } = useWords()
  const take = takeRelease.value
  if (take === undefined) return null
  return (
    <div class="told-one">
      <p>{release.waits}</p>
      <Button kind="main" onClick={take}>
        {release.take}
      </Button>
      <IconButton
        icon="close"
        label={later}
        onClick={() => {
          takeRelease.value = undefined
        }}
      />
    </div>
  )
}
