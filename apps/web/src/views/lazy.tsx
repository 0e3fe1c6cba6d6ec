/** A part of the app that is loaded when it is first shown. */
import type { ComponentType, JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { useApp, useWords } from './context.ts'
import { Busy, Button } from './controls.tsx'

export function lazy<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined
  return function Lazy(props: Props): JSX.Element {
    const { telling } = useApp()
    const words = useWords()
    const [state, setState] = useState<'loading' | 'failed' | 'loaded'>(loaded ? 'loaded' : 'loading')
    useEffect(() => {
      if (state !== 'loading') return
      load().then(
        (component) => {
          loaded = component
          setState('loaded')
        },
        () => {
          telling.fail(words.reasons.unreachable!)
          setState('failed')
        },
      )
    }, [state])
    if (state === 'failed') return <Button onClick={() => setState('loading')}>{words.tryAgain}</Button>
    if (loaded === undefined) return <Busy>{words.moment}</Busy>
    const Component = loaded
    return <Component {...props} />
  }
}
