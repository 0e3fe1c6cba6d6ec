/** What a commit changed of a group, as far as people see it. */
import { listedAccounts, listedRole, type RightName, roleOf } from '@veche/mls'
import { type AccountId, equalBytes } from '@veche/protocol'
import type { ChatState } from '@veche/protocol/gen/e2ee/v1/chat_state_pb.js'
import type { GroupChange } from './events.ts'
import { openInviteOf } from './group-wishes.ts'
import { isGroup, type LocalChat } from './local-chat.ts'
import { rulesOf } from './rules.ts'

interface Commit {
  /** Whose it was. */
  readonly by: AccountId
  /** Whose wish to leave it carried out. */
  readonly left: readonly AccountId[]
}

/** Nothing in a private chat. */
export function groupChanges(before: LocalChat, after: LocalChat, { by, left }: Commit): GroupChange[] {
  if (!isGroup(after)) return []
  const [was, is] = [rulesOf(before.group), rulesOf(after.group)]
  if (was === is) return []
  const changes: GroupChange[] = []
  for (const who of goneFrom(was, is))
    changes.push({ change: 'members', who, by, how: left.includes(who) ? 'left' : 'removed' })
  for (const who of goneFrom(is, was))
    changes.push({ change: 'members', who, by, how: who === by ? 'joined' : 'added' })
  for (const who of withOtherRole(was, is)) changes.push({ change: 'roles', who, by, role: roleOf(is, who) })
  if (haveOtherRights(was, is)) changes.push({ change: 'rights', by })
  const [wasOpen, isOpen] = [was, is].map((state) => openInviteOf(state) !== undefined)
  if (wasOpen !== isOpen) changes.push({ change: isOpen ? 'opened' : 'closed', by })
  if (!equalBytes(was.profileHash, is.profileHash)) changes.push({ change: 'profile', by })
  return changes
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
