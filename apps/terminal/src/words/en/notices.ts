/** What the device noticed by itself, by the client's kinds of notice. */
export const notices = {
  fork: 'The server seems to show different people different conversations in this chat. What this device has is kept. Ask the other person in another way.',
  'archive-altered':
    'The server shows older messages of this chat that are not what was written here. They were not taken. What this device has is kept.',
  'foreign-keys':
    'The server showed keys for older messages that no device of yours has left there. They were not taken.',
  unreadable: 'A message could not be read and is left out: it is damaged, or not from whom it claims to be.',
  replayed: 'A message came a second time. It is not shown again.',
  unsupported: 'A message came of a kind that this version does not know. It is kept for a newer one.',
  'rolled-back':
    'This profile was put back to an older state. What it has can be read; it asks another device of the chat to let it ' +
    'in anew. What waits here is sent afterwards, once.',
  'server-behind':
    'The server was brought back to an older state and lacks a part of this chat. What this device has is kept. The chat ' +
    'is begun anew by itself, here or on another device; what you write here waits, and is sent then, once.',
  stuck:
    'This device could not read a change of the chat. What it has can be read; it asks another device of the chat to let ' +
    'it in anew. What waits here is sent afterwards, once.',
  healed:
    'This device follows the chat again. What was written meanwhile comes from what the server keeps; where something ' +
    'is missing, the chat says so.',
  'begun-anew':
    'This chat was begun anew, because the server had lost a part of it. Nothing that your devices have is lost; what the ' +
    'server had lost is sent to it again.',
  parted:
    'This chat was begun anew by a device that knows less of it than this one: somebody who had been removed would be in ' +
    'it again, or its rules would be others. This device does not follow. What it has is kept; what you write here waits.',
  'replaced-device':
    'A device of somebody in this chat was let in anew: its state had been lost or put back, or it could not follow.',
  removed: 'You are no longer in this chat. What this device has stays.',
  'not-sent': 'The server does not take a message of yours. It was not sent.',
  'changed-binding':
    'A handle belongs to another account than before. Nothing is sent there until you accept it: veche verify @handle',
  'accepted-binding': 'The handle stands for the other account now. What waits there is sent.',
  'new-device': 'Somebody in this chat writes from another device from now on.',
  'not-joined': 'The server offered a chat that is not what it claims to be. It was refused.',
  'clock-differs':
    'The clock of this device and that of the server are days apart. Until both are right nobody can start a chat with ' +
    'you on this device; the chats you have work.',
  damaged:
    'What this device keeps of the chat is damaged. What can be read stays; it asks another device of the chat to let it ' +
    'in anew.',
}

/** Of `begun-anew`, with the day. */
export const begunAnewOn = (day: string) =>
  `This chat was begun anew on ${day}, because the server had lost a part of it. Nothing that your devices have is lost; ` +
  'what the server had lost is sent to it again.'

/** Of `stuck`, where it is known whose device it was. */
export const stuckBy = (name: string) =>
  `${name}: a device of theirs sent a change of the chat that this one could not read. What this device has can be read; ` +
  'it asks another device of the chat to let it in anew. What waits here is sent afterwards, once.'

/** Why a message was not sent, where it is more than that. */
export const notSent = {
  not_accepted:
    'The other person does not accept messages from you now. What you wrote is kept on this device and was not ' +
    'sent. To try again later: veche resend',
  not_allowed:
    'Your role in this group lets you read, not write. What you wrote is kept on this device and was not sent. When you ' +
    'may write: veche resend',
  chat_closed: 'You are no longer in this chat. What you wrote is kept on this device and was not sent.',
  blocked_by_you:
    'You block this person, so nothing passes between you. What you wrote is kept on this device and was not ' +
    'sent. After veche unblock: veche resend',
}
