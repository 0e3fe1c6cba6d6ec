/** Who asks: what the token says, and that the request agrees with it (N14, C4, C5). Cookies say nothing here. */
import type { HttpRequest } from '@veche/service-kit'
import type { NichatkaContext } from '../context.ts'
import type { Host } from '../hosts/host.ts'
import { Refusal } from '../refusal.ts'
import type { FoundRoute } from '../routes/find-route.ts'
import type { Vouched } from '../token/token-verifier.ts'
import type { Fields } from './fields.ts'

/** Takes the fields `token` and `user`. @param address stands for where the request comes from. @throws Refusal */
export async function authenticate(
  context: NichatkaContext,
  request: HttpRequest,
  fields: Fields,
  found: FoundRoute,
  address: string,
): Promise<Vouched<Host>> {
  const inHeader = bearerOf(request.headers.authorization)
  const inField = fields.one('token')
  if (inHeader !== undefined && inField !== undefined) throw new Refusal('field-repeated', { field: 'token' })
  const vouched = await vouch(context, inHeader ?? inField, address)
  ensureOrigin(request, vouched.host)
  if (found.isGetChange) ensureGetChange(vouched.host, inField)
  ensureUser(fields, vouched, found)
  return vouched
}

/** Other schemes are other people's: a proxy's password, for one. */
function bearerOf(authorization: string | undefined): string | undefined {
  return authorization !== undefined && /^bearer /i.test(authorization) ? authorization.slice(7) : undefined
}

async function vouch(
  { tokens, clock, limits }: NichatkaContext,
  token: string | undefined,
  address: string,
): Promise<Vouched<Host>> {
  const vouched =
    token === undefined ? { kind: 'token-missing' as const } : tokens.verify(token, clock.nowMs())
  if (vouched.kind === 'verified') return vouched
  // Who is signed out, or whose clock is wrong, has a token of the host's and guesses nothing.
  const isGuess = vouched.kind !== 'token-expired' && vouched.kind !== 'token-early'
  if (isGuess) await limits.takeFailure(address)
  throw new Refusal(vouched.kind)
}

/** A browser names the page that asks; where there is no browser there is no page. */
function ensureOrigin({ headers }: HttpRequest, { origins }: Host): void {
  if (headers.origin !== undefined && !origins.includes(headers.origin)) throw new Refusal('origin-unknown')
}

/** A link or an image anywhere can cause a GET, but cannot know the token that it must carry itself (C5). */
function ensureGetChange({ allowsGetChanges }: Host, tokenField: string | undefined): void {
  if (!allowsGetChanges) throw new Refusal('get-changes-off')
  if (tokenField === undefined) throw new Refusal('change-needs-url-token')
}

function ensureUser(fields: Fields, { claims }: Vouched<Host>, { route }: FoundRoute): void {
  if (route.by === 'host') {
    if (claims.sub !== '') throw new Refusal('user-differs')
    return
  }
  const user = fields.one('user')
  if (user === undefined) throw new Refusal('user-missing')
  if (user !== claims.sub) throw new Refusal('user-differs')
}
