/** Long work with a file: how far it has come, what came of it, and its end at a press or when it is left. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { useApp } from './context.ts'

type FileWork<Outcome> =
  | { readonly kind: 'idle' }
  /** `messages`: so far; undefined while the passphrase is hardened. */
  | { readonly kind: 'working'; readonly messages: number | undefined; readonly isEnding: boolean }
  | { readonly kind: 'done'; readonly outcome: Outcome }

interface Given {
  readonly signal: AbortSignal
  readonly onProgress: (messages: number) => void
}

export function useFileWork<Outcome>() {
  const { attempt } = useApp()
  const [work, setWork] = useState<FileWork<Outcome>>({ kind: 'idle' })
  const ending = useRef<AbortController>(undefined)
  useEffect(() => () => ending.current?.abort(), [])
  const run = async (act: (given: Given) => Promise<Outcome>) => {
    ending.current = new AbortController()
    const { signal } = ending.current
    const show = (messages: number | undefined) =>
      setWork({ kind: 'working', messages, isEnding: signal.aborted })
    show(undefined)
    const isDone = await attempt(async () => {
      const outcome = await act({ signal, onProgress: show })
      setWork({ kind: 'done', outcome })
    })
    if (!isDone) setWork({ kind: 'idle' })
  }
  const end = () => {
    ending.current?.abort()
    setWork((now) => (now.kind === 'working' ? { ...now, isEnding: true } : now))
  }
  return { work, run, end }
}
