/**
 * Whom a commit lets in because they asked by a link: each has asked by that very link, which is good still. It takes the
 * place of what others are asked for before they are added (M11), since to open a link is one's own consent.
 */
import { AccountId, equalBytes } from '@veche/protocol'
import type { Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { Admission, Refusal } from '../append/new-entry.ts'
import { decodedOr, type EntryFrame } from '../append/read-entry.ts'
import type { ChatsContext } from '../context.ts'
import { findInvites } from '../database/invites.ts'
import { findPendingOf } from '../database/join-requests.ts'
import { MAX_ADMISSIONS } from '../limits.ts'
import { inviteRefusal } from './invite-refusal.ts'

type Context = Pick<ChatsContext, 'database' | 'clock'>

export type ReadAdmissions =
  | { readonly kind: 'read'; readonly admissions: readonly Admission[] }
  | { readonly kind: 'refused'; readonly reason: Refusal }

const PROOF_BYTES = 32

/** @param added accounts that the commit brings into the group */
export async function readAdmissions(
  { database, clock }: Context,
  { chatId }: Pick<EntryFrame, 'chatId'>,
  handshake: Handshake,
  added: readonly AccountId[],
): Promise<ReadAdmissions> {
  const admissions = decodeAdmissions(handshake, added)
  if (!admissions) return { kind: 'refused', reason: 'commit_invalid' }
  const pending = await findPendingOf(database, chatId, added)
  // Whoever asked looks for the proof: without it their device would not come in.
  const isLetIn = ({ asker }: { asker: AccountId }) => admissions.some(({ accountId }) => accountId === asker)
  if (!pending.every(isLetIn)) return { kind: 'refused', reason: 'not_allowed' }
  const reason = await refusalOf(database, chatId, admissions, pending, clock.nowMs())
  return reason ? { kind: 'refused', reason } : { kind: 'read', admissions }
}

function decodeAdmissions(
  { admissions }: Handshake,
  added: readonly AccountId[],
): readonly Admission[] | undefined {
  if (admissions.length > MAX_ADMISSIONS) return undefined
  const accounts = new Set<AccountId>()
  const read: Admission[] = []
  for (const { accountId: bytes, inviteId, proof } of admissions) {
    const accountId = decodedOr(() => AccountId.fromBytes(bytes))
    if (accountId === undefined || accounts.has(accountId) || !added.includes(accountId)) return undefined
    if (proof.length !== PROOF_BYTES) return undefined
    accounts.add(accountId)
    read.push({ accountId, inviteId, proof })
  }
  return read
}

async function refusalOf(
  database: Context['database'],
  chatId: EntryFrame['chatId'],
  admissions: readonly Admission[],
  pending: Awaited<ReturnType<typeof findPendingOf>>,
  nowMs: number,
): Promise<Refusal | undefined> {
  const isAsked = ({ accountId, inviteId }: Admission) =>
    pending.some((one) => one.asker === accountId && equalBytes(one.inviteId, inviteId))
  if (!admissions.every(isAsked)) return 'not_allowed'
  const invites = await findInvites(
    database,
    admissions.map(({ inviteId }) => ({ chatId, inviteId })),
  )
  for (const [index, { inviteId }] of admissions.entries()) {
    const invite = invites.find((one) => equalBytes(one.inviteId, inviteId))
    const others = admissions.slice(0, index).filter((one) => equalBytes(one.inviteId, inviteId))
    const reason = inviteRefusal(invite && { ...invite, uses: invite.uses + others.length }, nowMs)
    if (reason) return reason
  }
  return undefined
}
