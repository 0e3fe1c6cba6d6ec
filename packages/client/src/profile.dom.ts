/** A profile in a browser: files, key and transport, put together into a client. */
import { eraseDatabase, IndexedDbFiles, openBrowserKey } from '@veche/history/web'
import { type Client, openClient } from './client.ts'
import { connectFromBrowser } from './transport.dom.ts'

export interface BrowserProfileOptions {
  /** URL. */
  readonly server: string
}

export interface BrowserProfile {
  readonly client: Client
  /** Closes the client, and removes everything with its key: what the browser's disk may still have of it, nobody opens. */
  erase(): Promise<void>
}

const FILES = 'veche-profile'
const KEYS = 'veche-keys'

/**
 * Opens the profile of this origin, which is made when there is none. The caller holds a lock that no other tab has.
 * @throws DamagedError; EngineError; what the browser's store throws
 */
export async function openBrowserProfile({ server }: BrowserProfileOptions): Promise<BrowserProfile> {
  const profileKey = await openBrowserKey(KEYS)
  const files = await IndexedDbFiles.open(FILES)
  const onClosed = () => files.close()
  const client = await openClient({ files, profileKey, connectTo: connectFromBrowser, server, onClosed })
  return {
    client,
    async erase() {
      await client.close()
      // The key first: a crash between the two leaves what nobody can read.
      await eraseDatabase(KEYS)
      await eraseDatabase(FILES)
    },
  }
}
