/** A profile in a browser: files, key and transport, put together into a client. */
import { importProfileKey, MemoryFiles } from '@veche/history'
import { type Client, openClient } from './client.ts'
import { connectFromBrowser } from './transport.dom.ts'

export interface BrowserProfileOptions {
  /** URL. */
  readonly server: string
}

/**
 * Opens the profile of this origin, which is made when there is none. The caller holds a lock that no other tab has.
 * @throws DamagedError; EngineError; what the browser's store throws
 */
export async function openBrowserProfile({ server }: BrowserProfileOptions): Promise<Client> {
  return openClient({
    files: new MemoryFiles(),
    profileKey: await importProfileKey(crypto.getRandomValues(new Uint8Array(32))),
    connectTo: connectFromBrowser,
    server,
  })
}
