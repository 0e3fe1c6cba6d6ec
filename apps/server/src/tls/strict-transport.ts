/**
 * Who is promised that HTTPS will be there for years. Not where the server certifies itself: who lost its authority could not
 * come back to the page by which it is trusted. Nor where nobody has said that a proxy speaks TLS.
 */
import { isLastingName, type StrictTransport } from '@veche/service-kit'
import type { ServerConfig } from '../server-config.ts'

export function strictTransportOf({
  tls,
  behindProxy,
  publicUrl,
}: Pick<ServerConfig, 'tls' | 'behindProxy' | 'publicUrl'>): StrictTransport {
  if (tls !== undefined) return tls.kind === 'lan' ? 'never' : 'over-tls'
  const { protocol, host } = new URL(publicUrl ?? 'http://localhost')
  return behindProxy && protocol === 'https:' && isLastingName(host) ? 'always' : 'never'
}
