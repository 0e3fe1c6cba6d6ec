/** Whether the server is there, in words, only where it is not. */
import type { JSX } from 'preact'
import { useApp, useWords } from './context.ts'
import { Icon } from './icon.tsx'

export function ConnectionLine(): JSX.Element {
  const { session } = useApp()
  const { connection } = useWords()
  const state = session.connection.value
  return (
    <div class="connection" role="status">
      {state !== 'connected' && (
        <p>
          <Icon name="offline" />
          <span>{connection[state]}</span>
        </p>
      )}
    </div>
  )
}
