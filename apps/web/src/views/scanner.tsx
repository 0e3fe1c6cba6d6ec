/** What the camera sees, until it has read a code or is ended: then it is off. */
import type { JSX, RefObject } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type CameraFailure, openCamera } from '../state/camera.ts'
import { createCodeReader } from '../state/read-codes.ts'
import { useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'

interface ScannerProps {
  readonly told: string
  readonly instead: string
  readonly onRead: (text: string) => void
  readonly onEnd: () => void
}

const PAUSE_MS = 150

export function Scanner({ told, instead, onRead, onEnd }: ScannerProps): JSX.Element {
  const words = useWords()
  const video = useRef<HTMLVideoElement>(null)
  const state = useCamera(video, onRead)
  if (state !== 'asking' && state !== 'on') {
    return (
      <div class="scanner">
        <p class="wrong" role="alert">
          {words.camera[state]} {instead}
        </p>
        <Button onClick={onEnd}>{words.close}</Button>
      </div>
    )
  }
  return (
    <div class="scanner">
      <Busy>{state === 'asking' ? words.camera.asking : told}</Busy>
      <div class="scanner-view" aria-hidden="true">
        <video ref={video} playsInline muted />
      </div>
      <Button onClick={onEnd}>{words.cancel}</Button>
    </div>
  )
}

function useCamera(
  view: RefObject<HTMLVideoElement | null>,
  onRead: (text: string) => void,
): 'asking' | 'on' | CameraFailure {
  const [state, setState] = useState<'asking' | 'on' | CameraFailure>('asking')
  useEffect(() => {
    const ending = new AbortController()
    const { signal } = ending
    const look = async () => {
      const camera = await openCamera(signal)
      if (signal.aborted) return
      if (camera.kind === 'closed') return setState(camera.why)
      const video = view.current!
      video.srcObject = camera.stream
      await video.play()
      setState('on')
      const text = await firstCode(video, signal)
      if (text !== undefined) onRead(text)
    }
    look().catch(() => {
      if (!signal.aborted) setState('busy')
    })
    return () => ending.abort()
  }, [])
  return state
}

/** @returns undefined once it was ended */
async function firstCode(video: HTMLVideoElement, signal: AbortSignal): Promise<string | undefined> {
  const read = await createCodeReader()
  while (!signal.aborted) {
    const text = video.videoWidth > 0 ? await read(video) : undefined
    if (text !== undefined) return signal.aborted ? undefined : text
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
  return undefined
}
