/** What a commit changed of a group, as far as people see it. */
import { listedAccounts, listedRole, type RightName, stateOf } from '@veche/mls'
import { type AccountId, equalBytes } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { GroupChange } from './events.ts'
import { isGroup, type LocalChat } from './local-chat.ts'

/** Nothing in a private chat. @param by whose commit it was */
export function groupChanges(before: LocalChat, after: LocalChat, by: AccountId): GroupChange[] {
  if (!isGroup(after)) return []
  const [was, is] = [stateOf(before.group), stateOf(after.group)]
  if (was === is) return []
  const changes: GroupChange[] = []
  for (const who of movedAccounts(was, is)) changes.push({ change: 'members', who, by })
  for (const who of withOtherRole(was, is)) changes.push({ change: 'roles', who, by })
  if (haveOtherRights(was, is)) changes.push({ change: 'rights', by })
  if (!equalBytes(was.profileHash, is.profileHash)) changes.push({ change: 'profile', by })
  return changes
}

/** Who went, and who came. */
function movedAccounts(was: ChatState, is: ChatState): AccountId[] {
  return [...goneFrom(was, is), ...goneFrom(is, was)]
}

function goneFrom(from: ChatState, to: ChatState): AccountId[] {
  return listedAccounts(from).filter((account) => listedRole(to, account) === undefined)
}

function withOtherRole(was: ChatState, is: ChatState): AccountId[] {
  return listedAccounts(was).filter((account) => {
    const role = listedRole(is, account)
    return role !== undefined && role !== listedRole(was, account)
  })
}

function haveOtherRights({ rights: was }: ChatState, { rights: is }: ChatState): boolean {
  const { $typeName, $unknown, ...roles } = is!
  return (Object.keys(roles) as RightName[]).some((name) => was![name] !== roles[name])
}
