/**
 * How a profile comes to trust a server of a local network, which certifies itself: by a link that carries the fingerprint of
 * its authority, or by somebody who compares it.
 */
import { fetchAuthority, pinAuthority, pinnedFingerprint } from '@veche/client'
import type { Context } from './context.ts'
import { exitCode } from './exit-code.ts'
import { Failure } from './failure.ts'
import type { Invite } from './invite.ts'
import { explained, profileFolder } from './profile.ts'

/** Before anything is sent to the server of an invite. @throws Failure `authority_differs`, `unreachable` */
export async function trustByInvite(
  context: Context,
  invite: Pick<Invite, 'server' | 'authority'> | undefined,
): Promise<void> {
  const server = invite?.server ?? context.options.server
  if (invite?.authority === undefined || server === undefined) return
  const folder = profileFolder(context)
  const told = { ...context, options: { ...context.options, server } }
  if ((await explained(told, async () => pinnedFingerprint(folder))) === invite.authority) return
  const { cert, fingerprint } = await explained(told, () => fetchAuthority(server))
  if (fingerprint !== invite.authority) throw new Failure('authority_differs', exitCode.refused, server)
  await explained(told, () => pinAuthority(folder, cert))
}
