/**
 * A commit in a group, from its bytes to its effect. The members' own code judges it (A1 to A6), by the state and the
 * leaves of its epoch; what only the server knows comes on top: whether who is added has agreed (M11) or has asked by a link, and whether the
 * devices are theirs now.
 *
 * It is judged before the chat's row is locked. The verdict holds for one epoch, which the append transaction compares
 * under the lock; so a commit of any other epoch is not judged at all, and can only be a repeated one, or a late one.
 */
import { hash } from 'node:crypto'
import { judgeHandshake, listedAccounts, listedRole, readCertificate } from '@veche/mls/wire'
import { type AccountId, DecodeError, equalBytes } from '@veche/protocol'
import type { Handshake } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { Refusal } from '../append/new-entry.ts'
import { decodeCommit, effectOf, findDevices, type MembersCommit } from '../append/read-commit.ts'
import { type EntryFrame, groupIdOf, type ReadEntry, refused } from '../append/read-entry.ts'
import type { ChatsContext } from '../context.ts'
import type { GroupWithLeaves } from '../database/groups.ts'
import { findAllowed } from '../database/member-requests.ts'
import { INVITE_KEY_BYTES, MAX_INVITES, MAX_PROFILE_BYTES, WRAPPED_KEY_BYTES } from '../limits.ts'
import { readAdmissions } from './admissions.ts'
import { readJoinOffer } from './join-offer.ts'
import { policyRightsSince } from './member-request.ts'

type Context = Pick<ChatsContext, 'database' | 'people' | 'clock'>

export async function readGroupCommit(
  context: Context,
  frame: EntryFrame,
  handshake: Handshake,
  group: GroupWithLeaves,
): Promise<ReadEntry> {
  const read = decodeCommit(frame, handshake)
  if (read.kind === 'refused') return read
  const { commit, welcome, profileCiphertext, wrappedProfileKey } = handshake
  if (!hasProfile(handshake)) return refused('commit_invalid')
  const { decoded } = read
  const { groupId, epoch } = decoded
  const bytes = { mlsMessage: commit, contentCiphertext: profileCiphertext, wrappedKey: wrappedProfileKey }
  const entry = { ...frame, groupId, epoch, ...bytes }
  if (epoch !== group.epoch) {
    return { kind: 'entry', entry: { ...entry, commit: effectOf({ ...decoded, removes: [] }, [], welcome) } }
  }
  const state = decoded.chatState
  const added = addedBy(state, group)
  const reason = (await verdictOn(commit, frame, group)) ?? profileRefusal(state ?? group.state, handshake)
  if (reason) return refused(reason)
  const letIn = await readAdmissions(context, frame, handshake, added)
  if (letIn.kind === 'refused') return letIn
  const { admissions } = letIn
  const isAsked = (account: AccountId) => admissions.some(({ accountId }) => accountId === account)
  const others = added.filter((account) => !isAsked(account))
  if (!(await haveAgreed(context, frame, others))) return refused('not_allowed')
  const offer = readJoinOffer(handshake, group.state, state ?? group.state)
  if (!offer) return refused('commit_invalid')
  const adds = await devicesOf(context, decoded)
  if (!adds) return refused('not_allowed')
  return {
    kind: 'entry',
    entry: {
      ...entry,
      commit: { ...effectOf(decoded, adds, welcome), admissions, judged: { state, offer } },
    },
  }
}

/** Whether the commit carries a profile in its bounds; which one it is, and with how many keys, the state says. */
export function hasProfile({ profileCiphertext, wrappedProfileKey }: Handshake): boolean {
  const { length } = profileCiphertext
  const areKeysBounded = wrappedProfileKey.length <= wrappedBytes(MAX_INVITES)
  return length > 0 && length <= MAX_PROFILE_BYTES && areKeysBounded
}

function wrappedBytes(invites: number): number {
  return WRAPPED_KEY_BYTES + invites * INVITE_KEY_BYTES
}

export async function verdictOn(
  commit: Uint8Array,
  { chatId }: EntryFrame,
  group: GroupWithLeaves,
): Promise<Refusal | undefined> {
  try {
    const verdict = await judgeHandshake(commit, {
      ...group,
      groupId: groupIdOf(chatId, group.state.incarnation),
    })
    return verdict.kind === 'refused' ? 'not_allowed' : undefined
  } catch (error) {
    if (error instanceof DecodeError) return 'commit_invalid'
    throw error
  }
}

export function profileRefusal(
  { profileHash, invites }: ChatState,
  { profileCiphertext, wrappedProfileKey }: Handshake,
): Refusal | undefined {
  const isThis = equalBytes(hash('sha256', profileCiphertext, 'buffer'), profileHash)
  const hasKeys = wrappedProfileKey.length === wrappedBytes(invites.length)
  return isThis && hasKeys ? undefined : 'commit_invalid'
}

/** Accounts that come into the group. */
function addedBy(next: ChatState | undefined, { state, members }: GroupWithLeaves): AccountId[] {
  const present = new Set(members.map(({ accountId }) => accountId))
  const isNew = (account: AccountId) => listedRole(state, account) === undefined && !present.has(account)
  return next ? listedAccounts(next).filter(isNew) : []
}

/** Whoever is added was asked first, by the account that adds them (M11). */
async function haveAgreed(
  { database, clock }: Context,
  { chatId, sender }: EntryFrame,
  added: readonly AccountId[],
): Promise<boolean> {
  if (added.length === 0) return true
  const since = policyRightsSince(clock.nowMs())
  return (await findAllowed(database, chatId, sender.accountId, added, since)).size === added.length
}

/** The active devices that the commit adds; undefined where one is none. */
async function devicesOf({ people }: Context, { adds }: MembersCommit) {
  if (adds.length === 0) return []
  const owners = await people.find(adds.map(({ identity }) => readCertificate(identity).accountId))
  return findDevices([...owners.values()], adds)
}
