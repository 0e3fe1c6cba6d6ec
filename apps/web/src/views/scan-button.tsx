/** Reads a code by the camera, which is asked for at a press. Where there is none, the words beside it say what to do instead. */
import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { Button } from './controls.tsx'
import { lazy } from './lazy.tsx'

const Scanner = lazy(async () => (await import('./scanner.tsx')).Scanner)

interface ScanButtonProps {
  readonly label: string
  /** What is to be held before the camera. */
  readonly told: string
  /** What to do without a camera. */
  readonly instead: string
  readonly onRead: (text: string) => void
}

export function ScanButton({ label, told, instead, onRead }: ScanButtonProps): JSX.Element {
  const [isOn, setOn] = useState(false)
  const read = (text: string) => {
    setOn(false)
    onRead(text)
  }
  if (isOn) return <Scanner told={told} instead={instead} onRead={read} onEnd={() => setOn(false)} />
  return (
    <Button icon="scan" onClick={() => setOn(true)}>
      {label}
    </Button>
  )
}
