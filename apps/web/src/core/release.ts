/** The release that this page is of: kept for when there is no network, and exchanged for a newer one as a whole. */
import { trustedScript } from './trusted-script.ts'

/** A newer release is here, whole. It takes over when no tab has the older one any more, or at `take`, in all tabs at once. */
export interface ReleaseEvent {
  readonly type: 'release'
  readonly take: () => void
}

export type ListenForRelease = (listener: (event: ReleaseEvent) => void) => () => void

/** Keeps the release on this device and looks for a newer one. Once in a page; without service workers it does nothing. */
export function watchRelease(): ListenForRelease {
  const listeners = new Set<(event: ReleaseEvent) => void>()
  let waiting: ReleaseEvent | undefined
  const tell = (worker: ServiceWorker) => {
    waiting = { type: 'release', take: () => worker.postMessage('take-over') }
    for (const listener of listeners) listener(waiting)
  }
  // Without it the page works all the same; a private window may refuse.
  if (navigator.serviceWorker) keep(navigator.serviceWorker, tell).catch(() => {})
  return (listener) => {
    listeners.add(listener)
    if (waiting) listener(waiting)
    return () => listeners.delete(listener)
  }
}

/** A browser looks by itself when a page is loaded; a page may stay for weeks. */
const LOOK_EVERY_MS = 60 * 60_000

async function keep(container: ServiceWorkerContainer, tell: (worker: ServiceWorker) => void): Promise<void> {
  // A page that came from the network has none, and no other takes it on: so this is an exchange.
  container.addEventListener('controllerchange', () => location.reload())
  const registration = await container.register(trustedScript('veche-service-worker'))
  setInterval(() => registration.update().catch(() => {}), LOOK_EVERY_MS) // without a connection it looks later
  const { waiting } = registration
  if (waiting && container.controller) tell(waiting)
  registration.addEventListener('updatefound', () => {
    const { installing } = registration
    installing?.addEventListener('statechange', () => {
      if (installing.state === 'installed' && container.controller) tell(installing)
    })
  })
}
