/** A code by which a link into a group also takes who has no account yet (M13). */
import type { Client } from '@veche/client'

const mostUses = 1000

/**
 * For as many accounts, and as long, as the link itself is good.
 * @throws RefusedError where that is not the caller's to give; UnreachableError
 */
export async function registrationCode(
  { administration }: Client,
  {
    uses = mostUses,
    expiresMs,
  }: { readonly uses?: number | undefined; readonly expiresMs?: number | undefined },
): Promise<string> {
  const lasts = expiresMs === undefined ? {} : { lifetimeMs: expiresMs }
  return (await administration.createInvite({ uses, ...lasts })).code
}
