/** What the headers of a served web app are to be: for who compares, so that nobody states the server's table again. */
import { isLastingName, securityHeaders, strictTransport } from '@veche/service-kit'
import type { WebAnswer } from './web-app.ts'

export interface ExpectedHeaders {
  readonly required: Readonly<Record<string, string>>
  /** May be left out, but have no other value. */
  readonly optional: Readonly<Record<string, string>>
}

/**
 * With which headers an answer comes from a server at `url`: its own, and those of every answer.
 * @param isPublic whether the system vouches for the server; where only the profile does, it may certify itself
 */
export function expectedHeaders({ headers }: WebAnswer, url: URL, isPublic: boolean): ExpectedHeaders {
  const required = { ...securityHeaders, ...headers }
  const isPromised = isPublic && url.protocol === 'https:' && isLastingName(url.host)
  // Everywhere else browsers pay no heed to it; who asks a server past its proxy finds it there.
  return isPromised
    ? { required: { ...required, ...strictTransport }, optional: {} }
    : { required, optional: strictTransport }
}
