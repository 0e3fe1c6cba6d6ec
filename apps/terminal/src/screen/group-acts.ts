/** What the conductor does with a group, by the client; what came of it is told in one sentence. */
import type { Client, Groups, Person } from '@veche/client'
import { registrationCode } from '../registration-code.ts'
import type { Words } from '../words/en.ts'
import type { GroupAct, GroupHappening } from './group-state.ts'
import { rowText } from './shown-text.ts'

type Outcome = Exclude<GroupHappening, { kind: 'group-news' }>

/** Two people of one handle are told apart by their accounts. @throws as `Groups` */
export async function performOnGroup(
  client: Client,
  act: GroupAct,
  screen: Words['screen'],
): Promise<Outcome> {
  const { groups } = client
  const { groupDone } = screen
  const done = (told: string): Outcome => ({
    kind: 'group-told',
    chat: act.kind === 'make' ? undefined : act.chat,
    told,
    isDone: true,
  })
  switch (act.kind) {
    case 'read':
      return { kind: 'group', group: readGroup(groups, act.chat) }
    case 'make': {
      const { kind: _kind, ...group } = act
      return { kind: 'group-made', ...(await groups.create(group)) }
    }
    case 'change':
      if (act.titles !== undefined) await groups.rename(act.chat, act.titles)
      if (act.write !== undefined) await groups.setRights(act.chat, { write: act.write })
      return done(groupDone.changed)
    case 'add': {
      const { status } = await groups.add(act.chat, act.handle)
      return done(screen.addAnswer[status](rowText(act.handle)))
    }
    case 'role':
      await groups.setRole(act.chat, act.who.account, act.role)
      return done(groupDone.role(nameOf(act.who), screen.roles[act.role]))
    case 'hand-over':
      await groups.handOver(act.chat, act.who.account)
      return done(groupDone.owner(nameOf(act.who)))
    case 'remove':
      await groups.remove(act.chat, act.who.account, { ban: act.isBanned })
      return done(groupDone[act.isBanned ? 'banned' : 'removed'](nameOf(act.who)))
    case 'unban':
      await groups.unban(act.chat, act.who.account)
      return done(groupDone.unbanned(nameOf(act.who)))
    case 'leave':
      await groups.leave(act.chat)
      return done(groupDone.left)
    case 'open':
      await groups.open(act.chat)
      return done(groupDone.opened)
    case 'close':
      await groups.close(act.chat)
      return done(groupDone.closed)
    case 'links':
      return { kind: 'links', chat: act.chat, links: await groups.invites(act.chat) }
    case 'make-link': {
      const registration = act.register ? await registrationCode(client, act.terms) : undefined
      const { link } = await groups.invite(act.chat, { ...act.terms, ...(registration && { registration }) })
      return { kind: 'link-made', chat: act.chat, link }
    }
    case 'revoke-link':
      await groups.revokeInvite(act.chat, act.id)
      return done(screen.links.gone)
    default:
      return act satisfies never
  }
}

function readGroup(groups: Groups, chat: Extract<GroupAct, { kind: 'read' }>['chat']) {
  return { chat, members: groups.members(chat), rights: groups.rights(chat), banned: groups.banned(chat) }
}

function nameOf({ name, handle }: Person): string {
  return rowText(name) || `@${rowText(handle)}`
}
