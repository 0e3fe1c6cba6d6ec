/**
 * What is told to who hears the page, besides what they go to by themselves. The region is there from the start: one that
 * comes together with its text is not read by most screen readers.
 */
import type { JSX } from 'preact'
import { useEffect } from 'preact/hooks'
import { useApp } from './context.ts'

export function Spoken(): JSX.Element {
  const { spoken } = useApp()
  return (
    <p class="only-read" role="status">
      {spoken.value}
    </p>
  )
}

/** Has a text read when it comes on show. */
export function Say({ text }: { readonly text: string }): null {
  const { spoken } = useApp()
  useEffect(() => {
    spoken.value = text
    return () => {
      if (spoken.peek() === text) spoken.value = ''
    }
  }, [text])
  return null
}
