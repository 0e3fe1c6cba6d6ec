/** The camera, which is asked for at a press alone and is off as soon as it is not needed any more. */

export type CameraFailure =
  /** The user, or the browser's settings, do not let the page have it. */
  | 'refused'
  /** There is none, or the browser does not give it to this page. */
  | 'absent'
  /** Another program has it, or it failed. */
  | 'busy'

type Camera =
  | { readonly kind: 'open'; readonly stream: MediaStream }
  | { readonly kind: 'closed'; readonly why: CameraFailure }

/** @param signal ends it: whatever was opened by then is closed */
export async function openCamera(signal: AbortSignal): Promise<Camera> {
  // Only where the page came by HTTPS, or from this machine.
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices }
  if (mediaDevices === undefined) return { kind: 'closed', why: 'absent' }
  try {
    const stream = await mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    const close = () => {
      for (const track of stream.getTracks()) track.stop()
    }
    signal.addEventListener('abort', close)
    if (signal.aborted) close()
    return { kind: 'open', stream }
  } catch (error) {
    return { kind: 'closed', why: FAILURES[error instanceof Error ? error.name : ''] ?? 'busy' }
  }
}

const FAILURES: Readonly<Record<string, CameraFailure>> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'absent',
  OverconstrainedError: 'absent',
}
