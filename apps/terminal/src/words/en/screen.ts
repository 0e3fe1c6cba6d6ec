import { counted } from '../language.ts'
import { entranceScreen } from './entrance-screen.ts'
import { linkScreen } from './link-screen.ts'

export const screen = {
  today: 'today',
  yesterday: 'yesterday',
  privateChats: 'Private chats',
  requests: 'Requests',
  asked: 'Asked',
  groups: 'Groups',
  noGroups: 'Your groups will be here. Make one: press g.',
  noChats: 'Your private chats will be here. Ask somebody for one: press n.',
  nothingHere:
    'What is written in a chat will be here. Ask somebody for a private chat: press n and type their handle.',
  nothingYet: 'nothing written yet',
  draft: 'Draft',
  isTyping: (who: string, others: number) =>
    others === 0 ? `${who} is writing…` : `${who} and ${others} more are writing…`,
  emptyChat: (name: string) => `What you and ${name} write will be here. Write the first message below.`,
  writeHere: 'Message',
  enterToWrite: 'Enter: write here',
  newHere: 'new',
  belowMessages: (count: number) =>
    `${counted('en', count, { one: 'new message', other: 'new messages' })} below · Ctrl+End`,
  older: 'older messages · Ctrl+End: newest',

  notSent: 'not sent · Ctrl+R: send again',
  notSentTold: {
    not_accepted:
      'The other person does not accept messages from you now. What you wrote is kept on this device and was not sent.',
    blocked_by_you:
      'You block this person, so nothing passes between you. What you wrote is kept on this device and was not sent.',
  },

  request: 'A request',
  wantsToWrite: 'wants to write to you.',
  wishesToAdd: 'wishes to add you to a group.',
  wishesToJoin: (group: string, link: string) =>
    `asks to be let into the group ${group}, by the link ${link}. Who allows it adds them.`,
  ownJoin: 'Into a group, by a link',
  joinTold: {
    pending: 'You have asked to be let into a group by a link. It is here once somebody there lets you in.',
    allowed: 'You are let into the group that you asked for.',
    open: 'You are in the group that you asked for.',
    refused: 'You are not let into the group that you asked for, for now.',
    ended:
      'You ask no more to be let into this group: it was taken back, or its link is no longer good. Then ask for a new one.',
  },
  ownJoinChoices: { wait: 'Go on waiting', withdraw: 'Take it back' },
  groupAllowed: (handle: string) =>
    `Allowed: the group is in the list once a device of ${handle} has added you.`,
  enterToAnswer: 'Enter: answer',
  allow: 'Allow',
  refuse: 'Refuse',
  block: 'Block',
  blockTold: (handle: string) =>
    `Nothing of ${handle} will reach you, neither requests nor messages, and you cannot write to them. What is here stays. You can unblock them in the settings.`,
  blocked: (handle: string) =>
    `Blocked: nothing of ${handle} reaches you. You can unblock them in the settings.`,
  back: 'Back',
  askedStates: { pending: 'waits', allowed: 'opens', open: 'open', refused: 'refused', ended: 'ended' },
  askedTold: {
    pending: (handle: string) =>
      `You have asked ${handle} for a private chat. It opens here when they allow it.`,
    allowed: (handle: string) => `${handle} has allowed it. The private chat opens in a moment.`,
    open: (handle: string) => `The private chat with ${handle} is open.`,
    refused: (handle: string) => `${handle} does not wish to talk for now.`,
    ended: (handle: string) => `The request to ${handle} is over.`,
  },
  invitedTold: {
    pending: (handle: string, group: string) =>
      `You have asked ${handle} into the group ${group}. They are in it when they allow it.`,
    allowed: (handle: string, group: string) =>
      `${handle} has allowed it. This device adds them to the group ${group} in a moment.`,
    open: (handle: string, group: string) => `${handle} is in the group ${group}.`,
    refused: (handle: string, group: string) =>
      `${handle} does not wish to be in the group ${group} for now.`,
    ended: (handle: string, group: string) => `The request to ${handle} for the group ${group} is over.`,
  },

  newChat: 'A new private chat, or a group by its link',
  whoToAsk:
    'Whom do you want to write to? Type the handle, which looks like @anna, or a part of the name. Or the name of an open group; or paste an invite link into one.',
  foundPeople: 'Open accounts; ↓ and Enter: ask one of them',
  foundGroups: 'Open groups; ↓ and Enter: join',
  enterToAsk: 'Enter: ask for a chat. They decide whether it opens.',
  asking: 'Asking…',
  enterToJoin: 'Enter: join the group. All in it see that you came by a link.',
  joining: 'Joining the group…',
  askAnswer: {
    open: (handle: string) => `The private chat with @${handle} is open.`,
    pending: (handle: string) => `@${handle} is asked. The chat opens in the list when they allow it.`,
    refused: (handle: string) => `@${handle} does not wish to talk for now.`,
  },

  nameless: 'a group without a name',
  groupPeople: (count: number) => counted('en', count, { one: 'person', other: 'people' }),
  emptyGroup: (name: string) => `What the people of ${name} write will be here.`,
  whyReadOnly: {
    reader: 'You read in this group; those who lead it can let you write.',
    member: 'You read in this group; those who lead it can let you write.',
    admin: 'Only admins write here.',
    owner: 'Only the owner writes here.',
    removed: 'You are no longer in this group. What this device has of it stays here.',
  },
  news: {
    /** To whom something was done. */
    you: 'you',
    added: (who: string, by: string) => `${by} added ${who}`,
    joined: (who: string, _by: string) => `${who} came by a link`,
    removed: (who: string, by: string) => `${by} removed ${who}`,
    left: (who: string) => `${who} left the group`,
    role: (who: string, role: string, by: string) => `${by} made ${who} ${role}`,
    rights: (by: string) => `${by} changed who may do what`,
    profile: (name: string, by: string) => `${by} changed what is said of the group: ${name}`,
    opened: (by: string) => `${by} opened the group: everybody on the server finds it and can join`,
    closed: (by: string) => `${by} closed the group: nobody finds it any more`,
  },
  roles: { owner: 'owner', admin: 'admin', member: 'member', reader: 'reader' },

  newGroup: 'A new group',
  editGroup: 'The group',
  groupFields: { name: 'Name', description: 'Description, may be empty', writers: 'Who writes' },
  groupWriters: { all: 'everybody in it', admins: 'admins only: for announcements' },
  groupButtons: { make: 'Make the group', keep: 'Keep it so' },
  groupBusy: { make: 'The group is being made…', change: 'The group is being changed…', add: 'Adding…' },
  groupMade: 'The group is there. Add people now, or Esc: go on without.',
  wrongGroupName: 'A group has a name of 1 to 64 characters.',
  wrongDescription: 'A description has 500 characters at most.',

  addPeople: (group: string) => `Add people to ${group}`,
  whoToAdd: 'Whom? Type the handle, which looks like @anna, or a part of the name.',
  enterToAdd: 'Enter: add. Who has no chat with you is asked first.',
  yourContacts: 'Your contacts; ↓ and Enter: add one of them',
  foundToAdd: 'Contacts and open accounts; ↓ and Enter: add one of them',
  addAnswer: {
    added: (handle: string) => `@${handle} is in the group now.`,
    pending: (handle: string) => `@${handle} is asked, and is in the group when they allow it.`,
    refused: (handle: string) => `@${handle} does not wish to be in the group for now.`,
    member: (handle: string) => `@${handle} is in the group already.`,
  },

  people: (group: string) => `People of ${group}`,
  peopleRows: {
    add: 'Add people',
    links: 'Invite links',
    open: 'Open the group to everybody',
    close: 'Close the group',
    edit: 'Name, description, who writes',
    leave: 'Leave the group',
  },
  banned: 'Banned',
  unban: (who: string) => `${who} · Enter: lift the ban`,
  personActs: {
    write: 'Write to them in a private chat',
    reader: 'Make a reader',
    member: 'Make a member',
    admin: 'Make an admin',
    owner: 'Hand the group over',
    remove: 'Remove from the group',
    ban: 'Remove and ban',
    leave: 'Leave the group',
    open: 'Open the group to everybody',
    close: 'Close the group',
    back: 'Back',
  },
  groupQuestions: {
    owner: (who: string) =>
      `${who} will be the owner of the group, and you an admin. Only they can give it back.`,
    remove: (who: string) =>
      `${who} will see nothing more of what is written here, and can be added again later.`,
    ban: (who: string) =>
      `${who} will see nothing more of what is written here, and cannot be added again until the ban is lifted.`,
    open: 'Everybody on this server will find the group by its name or description and can join without being asked. The server can read its name and description, and whoever runs it could join as anybody can. All in the group are told.',
    close: 'Nobody will find the group any more. Who has come stays in it.',
    leave: 'Nothing more of the group will reach you. What this device has of it stays and can be read.',
    leaveOwner:
      'You are its owner: without you, whoever has the highest role leads it. Nothing more of the group will reach you; what this device has of it stays.',
  },
  groupDone: {
    role: (who: string, role: string) => `${who} is now ${role}.`,
    owner: (who: string) => `${who} is the owner now, and you are an admin.`,
    removed: (who: string) => `${who} is no longer in the group.`,
    banned: (who: string) => `${who} is banned from the group.`,
    unbanned: (who: string) => `The ban of ${who} is lifted.`,
    changed: 'The group is changed.',
    opened: 'The group is open: everybody on this server finds it and can join.',
    closed: 'The group is closed: nobody finds it any more.',
    left: 'You have left the group. What this device has of it stays.',
  },
  links: linkScreen,
  openToAll: 'Open: everybody on this server finds it and can join.',
  otherAccount: 'This handle belongs to another account than before.',
  groupKept: {
    server: { on: 'Kept on the server.', off: 'Not kept on the server.' },
    told: 'What the server keeps is the same for all in the group, and for its owner to say. What is erased does not come back.',
  },

  search: 'Search your messages',
  searchHere: 'Messages with this text, of all chats on this device, will be here. Enter: search.',
  searching: 'Searching…',

  safety: 'Safety number',
  compare: (who: string) =>
    `Compare these digits with ${who} in person or by telephone. When both of you see the same ones, nobody stands between you.`,
  safetyChoices: {
    verify: 'The digits are the same',
    unverify: 'Take the mark away',
    draw: 'Show a code to scan instead',
    back: 'Back',
  },
  isVerified: 'Verified: you have compared them.',

  changedBinding: 'Another account has this handle',
  bindingHere: 'This handle belongs to another account than before. Nothing is sent there.',
  enterToSee: 'Enter: see what to do.',
  bindingChoices: {
    same: 'The digits are the same: it is who it was',
    later: 'Accept without comparing',
    back: 'Not now: nothing is sent',
  },

  kept: {
    both: 'kept: server, device',
    server: 'kept: server only',
    device: 'kept: device only',
    nowhere: 'kept nowhere',
  },
  keeping: 'What is kept where',
  keepOn: { server: 'keep on the server', device: 'keep on this device' },
  keepingTold:
    'On the server a chat is kept only while both of you keep it there. What is erased does not come back.',
  keepingEnds: {
    server: {
      question:
        'The messages of this chat will be erased on the server, once all devices of the chat have them.',
      erase: 'Erase on the server',
    },
    device: {
      question:
        'The messages of this chat will be erased from this device now, and new ones once they were shown. They do not come back.',
      erase: 'Erase from this device',
    },
  },

  settings: 'Settings',
  devices: {
    title: 'Your devices',
    open: 'see them, add one, remove one',
    others: 'Others; Enter: sign it out',
    none: 'You are signed in here alone.',
    add: 'Let a new device in, by a code',
    askEnd: (device: string) =>
      `Sign the device ${device} out? Nothing written from now on reaches it; what it has stays on it. Your password:`,
    askLink: 'You will be shown a code to type or scan on the new device. Your password:',
    enterPassword: 'Enter: go on. Esc: back.',
    busy: 'A moment…',
    code: (server: string) =>
      `On the new device, within five minutes: “Sign in by a code”, the server ${server} and this code; or veche login --server ${server} --link. Whoever asks you for it wants your account.`,
    endLink: 'Let nobody in',
    compare: 'The new device, in your hand, has to show these six digits, too:',
    same: 'The digits are the same',
    notSame: 'They are not: let nobody in',
    declined: 'Nobody was let in.',
  },
  whoMayWrite: 'Who may write to me',
  visibility: 'Search',
  visibilities: {
    open: 'open account: others can find you',
    closed: 'closed account: search does not show you',
  },
  language: 'Language of this screen',
  toldOfYou: 'What others see of you, and you of them',
  switches: { readMarks: 'how far you have read', typing: 'that you are writing' },
  blockedPeople: 'Whom you block',
  unblock: (handle: string) => `${handle} · Enter: unblock`,

  connecting: 'connecting…',
  connected: 'connected',
  disconnected: 'no connection; nothing is lost',
  tooSmall: 'Please make the window larger.',
  hints: {
    keys: 'keys',
    mute: (isMuted: boolean): string => (isMuted ? 'unmute' : 'mute'),
    pin: (isPinned: boolean): string => (isPinned ? 'unpin' : 'pin'),
    back: 'back',
    open: 'open',
    choose: 'choose',
    send: 'send',
    newLine: 'new line',
    toChats: 'chats',
    newChat: 'new chat',
    newGroup: 'new group',
    people: 'people',
    search: 'search',
    settings: 'settings',
    next: 'next',
    fields: 'other fields',
    quit: 'leave',
  },

  title: 'Veche',
  entrance: entranceScreen,

  keys: 'Keys',
  keysInList: 'In the list; Ctrl and Alt work everywhere',
  keysInWriting: 'While writing',
  moreBelow: 'more below',
  statesOfMessages: 'Beside your messages',
  stateTexts: {
    waiting: 'waits on this device',
    sent: 'the server has it',
    delivered: 'a device of the other has it',
    read: 'read; in a group with how many have',
    notSent: 'was not sent',
  },
  escToDrop: 'Esc: no answer',
  notHere: 'a message that is not here',
  keyTexts: {
    move: 'another chat',
    open: 'open it, or choose',
    back: 'back to the list',
    otherChat: 'the chat above or below',
    newChat: 'ask for a private chat, or join by a link',
    newGroup: 'make a group',
    people: 'people of the group: add, links, roles, leave',
    search: 'search your messages',
    safety: 'compare the safety number',
    settings: 'settings',
    keeping: 'what of the chat is kept where',
    mutePin: 'mute, pin; again: no more',
    block: 'block who is selected',
    alone: 'the conversation alone, to select and copy',
    quit: 'leave; drafts stay here',
    send: 'send',
    newLine: 'new line',
    answer: 'answer the last message of another; again, the one before it',
    scroll: 'earlier and later messages; ↑ ↓ when nothing is written',
    toEnd: 'the newest message',
    resend: 'send again what was not sent',
    erase: 'erase a word, the line',
    redraw: 'draw the screen anew',
  },
}
