/** What is asked before something that cannot be taken back. */
import type { JSX } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { Question as AskedQuestion } from '../state/asking.ts'
import { useApp, useWords } from './context.ts'
import { Button } from './controls.tsx'

export function Question(): JSX.Element | null {
  const question = useApp().asking.question.value
  return question === undefined ? null : <Asked key={question.text} question={question} />
}

function Asked({ question }: { readonly question: AskedQuestion }): JSX.Element {
  const { asking } = useApp()
  const words = useWords()
  const dialog = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close() // gives the focus back
  }, [])
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
