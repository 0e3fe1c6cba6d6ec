/** What is asked before something that cannot be taken back. */
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Button } from './controls.tsx'

export function Question(): JSX.Element | null {
  const { asking } = useApp()
  const words = useWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const question = asking.question.value
  useEffect(() => {
    if (question !== undefined) dialog.current?.showModal()
  }, [question])
  if (question === undefined) return null
  return (
    <dialog
      ref={dialog}
      class="question"
      role="alertdialog"
      aria-label={question.action}
      aria-describedby="question-text"
      onCancel={(event) => {
        event.preventDefault()
        asking.answer(false)
      }}
    >
      <p id="question-text">{question.text}</p>
      <div class="actions">
        <Button onClick={() => asking.answer(false)}>{words.cancel}</Button>
        <Button kind={question.isDangerous ? 'danger' : 'main'} onClick={() => asking.answer(true)}>
          {question.action}
        </Button>
      </div>
    </dialog>
  )
}
