/**
 * Groups (M13): who is in one, what they may do, what it is called. What is asked for resolves when the server has the
 * commit that does it; the members' programs judge that commit by the same rules.
 *
 * All of these throw UsageError `chat_unknown`, `not_a_group`. Those that change something throw RefusedError `not_allowed`
 * where the account's role does not suffice, `busy` where others were always faster, `chat_closed` where it is not in the
 * group any more, or as the server says; and UnreachableError, after which the change may still come to be.
 */
import { isBanned, listedAccounts, roleOf } from '@veche/mls'
import { AccountId, type ChatId } from '@veche/protocol'
import {
  type Binding,
  bindingOf,
  type Chat,
  isGroup,
  isGroupDescription,
  isGroupName,
  isVerified,
  rulesOf,
  type Titles,
  withBan,
  withoutBan,
  withoutMember,
  withoutOpenInvite,
  withRights,
  withRoles,
} from '@veche/sync'
import { personIn } from './chat-views.ts'
import { UsageError } from './errors.ts'
import {
  type GroupInvite,
  type InvitePreview,
  type JoinState,
  joinByLink,
  listInvites,
  lookByLink,
  type MadeInvite,
  makeInvite,
  type NewInvite,
  revokeInvite,
} from './group-invites.ts'
import type { Member } from './member.ts'
import { type FoundGroup, findGroups } from './open-groups.ts'
import type { Person } from './person.ts'
import { type RightsView, type RoleName, toRights, toRightsView, toRole, toRoleName } from './roles.ts'
import { requestIdText } from './views.ts'

export interface NewGroup {
  /** 1 to 64 characters, none of them a control character, no space at either end. */
  readonly name: string
  /** At most 500 characters; may have several lines. */
  readonly description?: string
  /** Only admins write; false by default. */
  readonly announce?: boolean
  /** Everybody on the server finds it and joins; false by default. */
  readonly open?: boolean
}

export interface GroupMember extends Person {
  readonly role: RoleName
  /** The account's own entry. */
  readonly you: boolean
  /** Whether the handle stands for this account. */
  readonly binding: Binding
  /** The handle stands for the account, and the user compared the safety number with it. */
  readonly verified: boolean
}

export interface AddState {
  /** `pending`: they are asked, and this device adds them once they allow it. `member`: they are in the group already. */
  readonly status: 'added' | 'pending' | 'refused' | 'member'
  readonly request?: string
}

export class Groups {
  readonly #member: () => Member
  readonly #server: () => string
  readonly #complete: (link: string) => string

  /** @param member throws while there is no account. @param server its URL, for links */
  /** @param complete adds to a link what its reader needs besides */
  constructor(member: () => Member, server: () => string, complete: (link: string) => string) {
    this.#member = member
    this.#server = server
    this.#complete = complete
  }

  /**
   * One that is to be open is made first and opened then: where that fails, it is there and can be opened again.
   * @throws UsageError `name_invalid`, `description_invalid`; RefusedError `too_many_groups`; UnreachableError
   */
  async create(group: NewGroup): Promise<{ readonly chat: ChatId }> {
    const { name, description = '', announce = false, open = false } = group
    ensureTitles({ name, description })
    const chat = await this.#member().delivery.groups.create({ name, description }, { announce })
    if (open) await this.open(chat)
    return { chat }
  }

  /**
   * Lets everybody on the server find the group by its name and join it at once; nothing where it is open. The server sees
   * name and description from then on, and could join as anybody could. For who may make links.
   */
  async open(chat: ChatId): Promise<void> {
    await this.#member().delivery.groups.open(this.#group(chat))
  }

  /** Nobody finds it any more, or joins by having found it. Who has come stays. */
  async close(chat: ChatId): Promise<void> {
    await this.#commit(this.#group(chat), withoutOpenInvite())
  }

  /**
   * Open groups by their names, the nearest first; at most `limit`, 20 by default and at most. Counted with
   * `People.find`, and bounded as that is.
   * @throws UsageError `search_too_short`, `search_too_long`; RefusedError `too_many_calls`; UnreachableError
   */
  async find(text: string, { limit = 20 }: { readonly limit?: number } = {}): Promise<FoundGroup[]> {
    return findGroups(this.#member(), this.#server(), text, limit)
  }

  /**
   * Contacts, and who lets anybody, are added at once; all others are asked (M11).
   * @throws RefusedError `changed_binding` where the handle stands for another account than before (A2), `own_handle`,
   * `handle_invalid`, `too_many_requests`, `no_key_package`
   */
  async add(chat: ChatId, handle: string): Promise<AddState> {
    const { status, requestId } = await this.#member().delivery.groups.add(this.#group(chat), handle)
    return { status, ...(requestId?.length === 16 && { request: requestIdText(requestId) }) }
  }

  /** By role, the highest first, then by handle; from local state. */
  members(chat: ChatId): GroupMember[] {
    const { own, store } = this.#member()
    const { state } = this.#group(chat)
    const rules = rulesOf(state.group)
    const members = listedAccounts(rules).map((account) => {
      const person = personIn(state, account, own)
      const verified = isVerified(store.state, person.handle, account)
      const binding = bindingOf(store.state, person.handle, account)
      return { ...person, role: roleOf(rules, account), you: account === own.account, binding, verified }
    })
    members.sort((a, b) => b.role - a.role || (a.handle < b.handle ? -1 : 1))
    return members.map((member) => ({ ...member, role: toRoleName(member.role) }))
  }

  /** The accounts that may not be added again; from local state. */
  banned(chat: ChatId): Person[] {
    const { state } = this.#group(chat)
    const { bannedAccounts } = rulesOf(state.group)
    return bannedAccounts.map((id) => personIn(state, AccountId.fromBytes(id), this.#member().own))
  }

  /** From local state. */
  rights(chat: ChatId): RightsView {
    return toRightsView(rulesOf(this.#group(chat).state.group).rights!)
  }

  /** @throws UsageError `person_unknown` */
  async setRole(chat: ChatId, handle: string, role: RoleName): Promise<void> {
    const group = this.#group(chat)
    await this.#commit(group, withRoles([this.#find(group, handle), toRole(role)]))
  }

  /** Makes another member the owner, and oneself an admin: both or neither. @throws UsageError `person_unknown` */
  async handOver(chat: ChatId, handle: string): Promise<void> {
    const group = this.#group(chat)
    const { own } = this.#member()
    const roles = [
      [this.#find(group, handle), toRole('owner')],
      [own.account, toRole('admin')],
    ] as const
    await this.#commit(group, withRoles(...roles))
  }

  async setRights(chat: ChatId, rights: Partial<RightsView>): Promise<void> {
    await this.#commit(this.#group(chat), withRights(toRights(rights)))
  }

  /** @param options `ban`: they cannot be added again. @throws UsageError `person_unknown` */
  async remove(
    chat: ChatId,
    handle: string,
    { ban = false }: { readonly ban?: boolean } = {},
  ): Promise<void> {
    const group = this.#group(chat)
    const account = this.#find(group, handle)
    await this.#commit(group, ban ? withBan(account) : withoutMember(account))
  }

  /** @throws UsageError `person_unknown` where the account is not banned */
  async unban(chat: ChatId, account: AccountId): Promise<void> {
    const group = this.#group(chat)
    if (!isBanned(rulesOf(group.state.group), account)) throw new UsageError('person_unknown')
    await this.#commit(group, withoutBan(account))
  }

  /** The group is closed here at once and stays readable; the others' devices take the account out of it. */
  async leave(chat: ChatId): Promise<void> {
    await this.#member().delivery.groups.leave(this.#group(chat))
  }

  /** What is not named stays. @throws UsageError `name_invalid`, `description_invalid` */
  async rename(chat: ChatId, titles: Partial<Titles>): Promise<void> {
    const group = this.#group(chat)
    ensureTitles(titles)
    await this.#member().delivery.groups.rename(group, titles)
  }

  /**
   * Makes a link by which people join.
   * @throws UsageError `terms_invalid`, `history_at_once` (one with history demands no request); RefusedError
   * `too_many_invites` where 64 live
   */
  async invite(chat: ChatId, terms: NewInvite = {}): Promise<MadeInvite> {
    const { id, link } = await makeInvite(this.#member(), this.#server(), this.#group(chat), terms)
    return { id, link: this.#complete(link) }
  }

  /** For who may make them. */
  async invites(chat: ChatId): Promise<GroupInvite[]> {
    return listInvites(this.#member(), this.#group(chat))
  }

  /** From then on nobody joins by it. @throws UsageError `invite_unknown` */
  async revokeInvite(chat: ChatId, id: string): Promise<void> {
    await revokeInvite(this.#member(), this.#group(chat), id)
  }

  /**
   * Where a link leads: the group's name, and how many are in it. Nothing is joined by it, and nobody there is told; the server
   * sees who asks, as with `join`.
   * @throws UsageError `link_invalid`, `other_server`; RefusedError `invite_unknown`, `invite_expired`, `invite_used_up`,
   * `not_admitted`, `join_invalid`, `too_many_calls`; UnreachableError
   */
  async look(link: string): Promise<InvitePreview> {
    return lookByLink(this.#member(), link)
  }

  /**
   * Joins by a link; resolves when this device is in the group, at once where it is already, or when it has asked to be let
   * in, where the link demands that.
   * @throws UsageError `link_invalid`, `other_server`; RefusedError `invite_unknown` (also of a link that was taken back),
   * `invite_expired`, `invite_used_up`, `too_many_requests`, `not_admitted` (banned, or the group is full), `join_invalid`, `busy`,
   * `still_in_group` (after leaving it, until others have taken the account out);
   * UnreachableError. After the last three, and where a time to wait is told, it comes to be later
   */
  async join(link: string): Promise<JoinState> {
    return joinByLink(this.#member(), link)
  }

  async #commit(group: Chat, wish: Parameters<Member['delivery']['groups']['commit']>[1]): Promise<void> {
    await this.#member().delivery.groups.commit(group, wish)
  }

  #group(chatId: ChatId): Chat {
    const chat = this.#member().delivery.chats.get(chatId)
    if (!chat) throw new UsageError('chat_unknown')
    if (!isGroup(chat.state)) throw new UsageError('not_a_group')
    return chat
  }

  /** Somebody who is in the group; two with one handle are told apart by their account ids. */
  #find({ state }: Chat, who: string): AccountId {
    const { own } = this.#member()
    const people = listedAccounts(rulesOf(state.group)).map((account) => personIn(state, account, own))
    const [found, another] = people.filter(({ account, handle }) => account === who || handle === who)
    if (!found || another) throw new UsageError('person_unknown')
    return found.account
  }
}

/** @throws UsageError */
function ensureTitles({ name, description }: Partial<Titles>): void {
  if (name !== undefined && !isGroupName(name)) throw new UsageError('name_invalid')
  if (description !== undefined && !isGroupDescription(description))
    throw new UsageError('description_invalid')
}
