/**
 * What is found of an open group (M13, M21): its name, its description and the seed of its open link, as a member's
 * commit published them. It lives and dies with the open invite in the group's state: whoever takes that out closes the
 * group, and a commit that changes the profile of an open group says what it is called now.
 */
import { inviteIdOf } from '@veche/mls/wire'
import { equalBytes } from '@veche/protocol'
import type { Publication as WirePublication } from '@veche/protocol/gen/chats/v1/chats_pb.js'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import { MAX_GROUP_DESCRIPTION_CHARACTERS, MAX_GROUP_NAME_CHARACTERS } from '../limits.ts'

export interface Publication {
  readonly inviteId: Uint8Array
  /** Undefined where it stays as it is. */
  readonly seed: Uint8Array | undefined
  readonly name: string
  readonly description: string
}

export type PublicationChange =
  | { readonly kind: 'none' }
  | { readonly kind: 'published'; readonly publication: Publication }
  | { readonly kind: 'closed' }

const SEED_BYTES = 32

/** @returns undefined where it is not what the two states ask for */
export function readPublication(
  given: WirePublication | undefined,
  before: ChatState,
  after: ChatState,
): PublicationChange | undefined {
  const [was, is] = [openInviteOf(before), openInviteOf(after)]
  const stays = was !== undefined && is !== undefined && equalBytes(was.id, is.id)
  const isDue = is !== undefined && !(stays && equalBytes(before.profileHash, after.profileHash))
  if (isDue !== (given !== undefined)) return undefined
  if (!given || !is) return { kind: was && !is ? 'closed' : 'none' }
  const { inviteSeed, name, description } = given
  const isOfInvite = inviteSeed.length === SEED_BYTES && equalBytes(inviteIdOf(inviteSeed), is.id)
  if (!isOfInvite && !(stays && inviteSeed.length === 0)) return undefined
  if (!isName(name) || !isDescription(description)) return undefined
  const seed = isOfInvite ? inviteSeed : undefined
  return { kind: 'published', publication: { inviteId: is.id, seed, name, description } }
}

function openInviteOf({ invites }: ChatState) {
  return invites.find(({ open }) => open)
}

/** In the bounds of the profile that the members have; whether it is the same the server cannot know. */
function isName(name: string): boolean {
  const isPlain = name !== '' && name.trim() === name && !/\p{Cc}/u.test(name)
  return isPlain && isWithin(name, MAX_GROUP_NAME_CHARACTERS)
}

function isDescription(text: string): boolean {
  return !/[^\P{Cc}\n\t]/u.test(text) && isWithin(text, MAX_GROUP_DESCRIPTION_CHARACTERS)
}

/** Counts code points, and no more of a long text than it must. */
function isWithin(text: string, characters: number): boolean {
  return text.length <= 2 * characters && [...text].length <= characters
}
