/**
 * Keeps one release of the page, whole, and serves it with or without a network. A release is the list of its files with
 * their hashes; this script names the hash of that list, so each release has a script of its own. What does not match is not
 * taken: a server that changes in the middle is asked again later. A page that came from the network keeps to it, for it may be
 * of another release; the next load is served from here. A newer release waits until no tab has the older one, or
 * until a tab says that it may take over.
 */
export {}

/** SHA-256 of release.json; put in by the build. */
declare const RELEASE: string

/** Of the types of a worker of another kind. */
interface Worker {
  skipWaiting(): Promise<void>
  addEventListener(type: string, hear: (event: WorkerEvent) => void): void
}

interface WorkerEvent extends ExtendableEvent {
  readonly request: Request
  readonly data: unknown
  respondWith(answer: Promise<Response>): void
}

const worker = self as unknown as Worker

worker.addEventListener('install', (event) => event.waitUntil(install()))
worker.addEventListener('activate', (event) => event.waitUntil(forgetOthers()))
worker.addEventListener('message', ({ data }) => data === 'take-over' && void worker.skipWaiting())
worker.addEventListener('fetch', (event) => {
  const { method, url, mode } = event.request
  const { origin, pathname } = new URL(url)
  const isPage = mode === 'navigate' && pathname === '/'
  if (method === 'GET' && origin === location.origin && (isPage || /\.\w+$/.test(pathname)))
    event.respondWith(answer(isPage ? '/index.html' : pathname, event.request))
})

async function answer(path: string, request: Request): Promise<Response> {
  return (await (await caches.open(RELEASE)).match(path)) ?? fetch(request)
}

async function install(): Promise<void> {
  const cache = await caches.open(RELEASE)
  const list = await fetchChecked('/release.json', RELEASE)
  // The page looks there which release it is of.
  await cache.put('/release.json', list.clone())
  const { files } = (await list.json()) as { files: { path: string; sha256: string }[] }
  await Promise.all(
    files.map(async ({ path, sha256 }) => cache.put(`/${path}`, await fetchChecked(`/${path}`, sha256))),
  )
}

async function fetchChecked(path: string, sha256: string): Promise<Response> {
  const response = await fetch(path, { cache: 'no-cache' })
  const digest = await crypto.subtle.digest('SHA-256', await response.clone().arrayBuffer())
  const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  if (hex !== sha256) throw new Error(path)
  return response
}

async function forgetOthers(): Promise<void> {
  for (const name of await caches.keys()) if (name !== RELEASE) await caches.delete(name)
}
