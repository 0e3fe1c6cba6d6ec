import { counted } from '../language.ts'

/** @param name of a group, which is always shown in quotes: it could be a person's @handle otherwise */
const named = (name: string) => `“${name}”`
const doneBy = (by: string) => (by === '' ? '' : ` Done by ${by}.`)

export const groupSays = {
  named,
  titled: (name: string) => `group ${named(name)}`,
  groups: 'Groups:',
  privateChats: 'Private chats:',
  people: (count: number) => counted('en', count, { one: 'person', other: 'people' }),
  created: (name: string) => `The group ${named(name)} is there. To add people: veche group add`,
  createdOpen: (name: string) =>
    `The group ${named(name)} is there, and everybody on the server finds it: veche find. To close it: veche group close`,
  opened: (name: string) =>
    `Everybody on the server finds the group ${named(name)} and can join it. The server can read its name and description.`,
  closed: (name: string) => `Nobody finds the group ${named(name)} any more. Who has come stays.`,
  openGroups: 'Open groups, and the link by which anybody joins:',
  openLink: 'open group: everybody who finds it joins',
  banned: 'Banned:',
  added: {
    added: (who: string, name: string) => `@${who} is in the group ${named(name)} now.`,
    pending: (who: string, name: string) =>
      `@${who} is asked. Once they allow it, this device adds them to the group ${named(name)}.`,
    refused: (who: string, name: string) =>
      `@${who} does not wish to be in the group ${named(name)} for now.`,
    member: (who: string, name: string) => `@${who} is in the group ${named(name)} already.`,
  },
  roleIs: (who: string, role: string, name: string) => `${who} in the group ${named(name)}: ${role}.`,
  rightsOf: (name: string) => `What the roles may do in the group ${named(name)}:`,
  atLeast: {
    reader: 'everybody',
    member: 'members, admins, the owner',
    admin: 'admins, the owner',
    owner: 'the owner',
  },
  rights: {
    write: 'write messages',
    invite: 'make invite links',
    add: 'add people',
    remove: 'remove and ban people',
    rename: 'change name and description',
    keepHistory: 'say whether the server keeps it',
    joinerRole: 'who comes by a link is',
  },
  removed: (who: string, name: string) => `${who} is no longer in the group ${named(name)}.`,
  bannedNow: (who: string, name: string) =>
    `${who} is banned from the group ${named(name)}. To let them be added again: veche group unban`,
  unbanned: (who: string, name: string) => `${who} can be added to the group ${named(name)} again.`,
  left: (name: string) =>
    `You have left the group ${named(name)}. What this device has of it can be read: veche history`,
  renamed: (name: string) => `The group is called ${named(name)}.`,
  entered: (name: string) => `You are in the group ${named(name)}.`,
  linkMade: (name: string) =>
    `Whoever has this link can join the group ${named(name)}. It is shown this once; to take it back: veche invite revoke`,
  approvingLinkMade: (name: string) =>
    `Whoever has this link can ask to be let into the group ${named(name)}; to answer: veche requests. It is shown this once; to take it back: veche invite revoke`,
  linkTerms: (until: string, uses: number, maxUses: number) =>
    `good until ${until}; used ${uses} of ${counted('en', maxUses, { one: 'time', other: 'times' })}`,
  linkReads: { history: 'with history', later: 'from now on' },
  enteredWithHistory: 'What was written before you can read, too: veche history',
  linkRegisters:
    'Who has no account on the server yet makes one by it, too; that cannot be taken back before it ends.',
  historyNotKept:
    'The server keeps nothing of this group, so there is little for newcomers to read: veche keep CHAT server on',
  linkApproves: 'who opens it asks first',
  linkRole: (role: string) => `they come as: ${role}`,
  askedToJoin: {
    pending:
      'You have asked to be let into the group. It will be in veche chats once you are let in; until then: veche requests',
    refused: 'You are not let into the group for now.',
  },
  linksOf: (name: string) => `Invite links into the group ${named(name)}:`,
  linkOver: 'nobody can join by it any more',
  noLinks: (name: string) =>
    `No invite links lead into the group ${named(name)}. To make one: veche invite create`,
  linkGone: (name: string) => `Nobody joins the group ${named(name)} by this link any more.`,
  wantsToAdd: (who: string) => `${who} wishes to add you to a group.`,
  allowed: (who: string) =>
    `Allowed. The group will be in veche chats as soon as the device of ${who} has added you.`,
  wantsToJoin: (who: string, name: string) => `${who} asks to be let into the group ${named(name)}.`,
  letIn: (who: string, name: string) => `${who} is in the group ${named(name)} now.`,
  notLetIn: (who: string, name: string) =>
    `Refused. ${who} cannot ask to be let into the group ${named(name)} again for 30 days.`,
  byLinkTo: (name: string, link: string) => `into the group ${named(name)}, by the link ${link}`,
  ownJoin: 'To be let into a group, by a link',
  joinStates: {
    allowed: 'let in',
    open: 'in the group',
    pending: 'waiting for an answer',
    refused: 'not let in for now',
    ended: 'over: taken back, or the link is no longer good',
  },
  joinAnswer: {
    allowed: 'You are let into the group that you asked for by a link.',
    open: 'You are in the group that you asked for by a link.',
    pending: 'You have asked to be let into a group by a link.',
    refused: 'You are not let into the group that you asked for by a link, for now.',
    ended: 'Your request to be let into a group is over: it was taken back, or its link is no longer good.',
  },
  withdrawn:
    'You have taken it back: nobody lets you into the group by it. By the same link you may ask again.',
  request: 'to a group',
  requestTo: (name: string) => `to the group ${named(name)}`,
  answer: {
    allowed: 'allowed, about to be added',
    open: 'in the group',
    pending: 'waiting for an answer',
    refused: 'does not wish to be in the group',
    ended: 'the link is no longer good',
  },
  keptOnServer: {
    on: 'Kept on the server.',
    off: 'Not kept on the server: whoever leads the group does not keep it there.',
  },
  news: {
    added: (name: string, who: string, by: string) => `Group ${named(name)}: in it now: ${who}.${doneBy(by)}`,
    joined: (name: string, who: string, _by: string) => `Group ${named(name)}: has come by a link: ${who}.`,
    removed: (name: string, who: string, by: string) =>
      `Group ${named(name)}: no longer in it: ${who}.${doneBy(by)}`,
    left: (name: string, who: string) => `Group ${named(name)}: has left it: ${who}.`,
    role: (name: string, who: string, role: string, by: string) =>
      `Group ${named(name)}: now ${role}: ${who}.${doneBy(by)}`,
    rights: (name: string, by: string) =>
      `Group ${named(name)}: what the roles may do has changed.${doneBy(by)}`,
    profile: (name: string, by: string) =>
      `Group ${named(name)}: this is its name now, or its description is new.${doneBy(by)}`,
    opened: (name: string, by: string) =>
      `Group ${named(name)}: open now, everybody on the server finds it and can join.${doneBy(by)}`,
    closed: (name: string, by: string) =>
      `Group ${named(name)}: closed now, nobody finds it any more.${doneBy(by)}`,
    gone: (name: string, by: string) =>
      `You are no longer in the group ${named(name)}. What this device has of it stays.${doneBy(by)}`,
  },
}
