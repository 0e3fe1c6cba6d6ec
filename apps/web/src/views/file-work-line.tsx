/** What is under way with a file, and its end. */
import type { JSX } from 'preact'
import { useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'

interface FileWorkLineProps {
  readonly messages: number | undefined
  readonly isEnding: boolean
  readonly soFar: (messages: number) => string
  readonly onEnd: () => void
}

export function FileWorkLine({ messages, isEnding, soFar, onEnd }: FileWorkLineProps): JSX.Element {
  const words = useWords()
  const now = messages === undefined ? words.history.hardening : soFar(messages)
  return (
    <>
      <Busy>{isEnding ? words.history.ending : now}</Busy>
      <Button disabled={isEnding} onClick={onEnd}>
        {words.cancel}
      </Button>
    </>
  )
}
