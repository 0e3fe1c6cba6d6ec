/** Open groups (M13, M21): found by everybody who has an account on the server, and joined without being asked. */
import { ChatId } from '@veche/protocol'
import type { FoundGroup as WireGroup } from '@veche/protocol/gen/directory/v1/directory_pb.js'
import { isGroupDescription, isGroupName } from '@veche/sync'
import { formatInviteLink, serverIdOf } from './invite-link.ts'
import type { Member } from './member.ts'
import { searchText } from './search-text.ts'

export interface FoundGroup {
  readonly chat: ChatId
  readonly name: string
  readonly description: string
  /** How many accounts are in it, as the server says. */
  readonly people: number
  /** By which anybody joins: `Client.join`. */
  readonly link: string
}

/** @throws as `Groups.find` */
export async function findGroups(
  { server, profile }: Member,
  serverUrl: string,
  text: string,
  limit: number,
): Promise<FoundGroup[]> {
  const { groups } = await server.directory.searchGroups({ query: searchText(text), limit })
  const serverId = serverIdOf(profile.serverIdentityKey)
  return groups.filter(isWhole).map(({ chatId, name, description, inviteSeed, people }) => {
    const chat = ChatId.fromBytes(chatId)
    const link = formatInviteLink({ chat, seed: inviteSeed, serverId, server: serverUrl })
    return { chat, name, description, people, link }
  })
}

/** What the server says is checked as what a member says would be. */
function isWhole({ chatId, inviteSeed, name, description }: WireGroup): boolean {
  const hasIds = chatId.length === ChatId.bytes && inviteSeed.length === 32
  return hasIds && isGroupName(name) && isGroupDescription(description)
}
