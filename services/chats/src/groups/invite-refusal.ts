import type { InviteRefusal } from '../append/new-entry.ts'
import type { InviteRow } from '../database/invites.ts'

/** Why an account that is not in the group yet cannot come by an invite now; undefined where it can. */
export function inviteRefusal(
  invite: Pick<InviteRow, 'expiresAtMs' | 'uses' | 'maxUses'> | undefined,
  nowMs: number,
): InviteRefusal | undefined {
  if (!invite) return 'invite_unknown'
  if (invite.expiresAtMs <= nowMs) return 'invite_expired'
  return invite.uses >= invite.maxUses ? 'invite_used_up' : undefined
}
