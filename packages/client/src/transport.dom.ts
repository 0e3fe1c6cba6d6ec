/** A transport from a browser: Connect over fetch, binary. */
import type { Transport } from '@connectrpc/connect'
import { createConnectTransport } from '@connectrpc/connect-web'

/** @param server the URL of the page's own server: the page's policy lets it reach no other */
export function connectFromBrowser(server: string): Transport {
  return createConnectTransport({ baseUrl: server, useBinaryFormat: true, useHttpGet: false })
}
