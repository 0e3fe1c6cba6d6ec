/** How each form of the entrance ends: what is under way, what went wrong, and the button. */
import type { JSX } from 'preact'
import { Busy, Button } from './controls.tsx'

export function FormEnd({
  button,
  busy,
  isBusy,
  failure,
}: {
  readonly button: string
  readonly busy: string
  readonly isBusy: boolean
  readonly failure: string | undefined
}): JSX.Element {
  return (
    <>
      {isBusy && <Busy>{busy}</Busy>}
      {failure !== undefined && (
        <p class="wrong" role="alert">
          {failure}
        </p>
      )}
      <Button kind="main" type="submit" disabled={isBusy} class="button button-main wide">
        {button}
      </Button>
    </>
  )
}
