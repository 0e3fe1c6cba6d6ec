/** What the device noticed by itself, by the client's kinds of notice. */
export const notices: Readonly<Record<string, string>> = {
  fork: 'The server seems to show different people different conversations in this chat. What this device has is kept. Ask the other person in another way.',
  'archive-altered':
    'The server shows older messages of this chat that are not what was written. They were not taken. What this device has is kept.',
  'foreign-keys':
    'The server showed keys for older messages that no device of yours has left there. They were not taken.',
  unreadable: 'A message could not be read and is left out: it is damaged, or not from whom it claims to be.',
  unsupported: 'A message came of a kind that this version does not know. It is kept for a newer one.',
  'rolled-back':
    'This device was put back to an older state. What it has can be read; it asks another device of the chat to let it in anew. What waits here is sent afterwards, once.',
  'server-behind':
    'The server was brought back to an older state and lacks a part of this chat. What this device has is kept. The chat is begun anew by itself; what you write waits, and is sent then, once.',
  stuck:
    'This device could not read a change of the chat. What it has can be read; it asks another device of the chat to let it in anew. What waits here is sent afterwards, once.',
  healed: 'This device follows the chat again. Where something is missing, the chat says so.',
  'begun-anew':
    'This chat was begun anew, because the server had lost a part of it. Nothing that your devices have is lost; what the server had lost is sent to it again.',
  parted:
    'This chat was begun anew by a device that knows less of it than this one. This device does not follow; what it has is kept.',
  'replaced-device':
    'A device of somebody in this chat was let in anew: its state had been lost or put back, or it could not follow.',
  removed: 'You are no longer in this chat. What this device has stays.',
  'changed-binding':
    'A handle belongs to another account than before. Nothing is sent there until you accept it.',
  'accepted-binding': 'The handle stands for the other account now. What waits there is sent.',
  'new-device': 'Somebody in this chat writes from another device from now on.',
  'not-joined': 'The server offered a chat that is not what it claims to be. It was refused.',
  'clock-differs':
    'The clock of this device and that of the server are days apart. Until both are right nobody can start a chat with you here; the chats you have work.',
  damaged:
    'What this device keeps of the chat is damaged. What can be read stays; it asks another device of the chat to let it in anew.',
}

/** What happened, what is safe, what to do: by the reasons that errors carry. */
export const reasons: Readonly<Record<string, string>> = {
  unreachable: 'The server cannot be reached. Everything on this device is safe; please try again later.',
  damaged: 'What is kept on this device is damaged. It is left as it is; please tell who runs the server.',
  no_space:
    'There is no space left on this device. What was stored is untouched; free some space, then try again.',
  core_moved:
    'Another tab was closed in the middle of this. Please look whether it was done, then try again.',
  file_unreadable:
    'The file can no longer be read: it was moved or changed. Nothing has changed here; choose it again.',
  unknown: 'Something went wrong in Veche itself. What this device had is safe; please try again.',
  refused: 'The server refused this. Nothing has changed.',
  registration_closed: 'This server takes no new accounts now. Ask whoever runs it.',
  code_invalid:
    'This server asks for an invite, and this one is missing, unknown, used up or too old. Ask for a new one; your handle is not taken.',
  handle_invalid: 'A handle has 3 to 32 of a-z 0-9 _ . - and begins and ends with a letter or digit.',
  handle_taken: 'This handle is taken, or too much like one that is. Please choose another.',
  name_invalid: 'A name has 1 to 64 characters, without spaces at its ends. Please choose another.',
  chat_closed: 'Nothing can be written in this chat any more. What it has can be read.',
  not_accepted:
    'This person does not accept messages from you now. What you wrote is kept on this device and was not sent.',
  blocked_by_you:
    'You block this person, so nothing passes between you. What you wrote is kept on this device and was not sent.',
  changed_binding: 'This handle belongs to another account than before. Nothing was sent.',
  binding_unchanged: 'There is nothing to accept: this handle stands for the account that you know.',
  opaque_version: 'The server asks for a newer Veche. Nothing was made; please load the page anew.',
  server_changed:
    'The server is not the one that it was, or claims another key. Nothing was sent; ask whoever runs it.',
  too_many_calls: 'That was too often. Nothing is lost; please try again in a minute.',
  too_many_requests: 'That was too often. Nothing is lost; please try again in some minutes.',
  own_account: 'This is your own handle.',
  own_handle: 'This is your own handle.',
  recovery_failed:
    'The handle or the recovery sheet is wrong, or a newer sheet has taken its place. Nothing has changed.',
  linking_unknown:
    'The code is too old, was ended, or another device was faster. Nothing has changed; begin anew on the other device. If you know of no other device, let nobody see the code.',
  linking_invalid:
    'Something came that the new device did not send: somebody may be playing with the server. Nobody was let in; please try again.',
  login_failed: 'The handle or the password is wrong.',
  password_wrong: 'The password is wrong.',
  device_limit:
    'This account has 16 devices, and more are not possible. Nothing has changed; sign one of them out first.',
  token_invalid:
    'This device is no longer one of the account. Your messages here are safe. Sign out, then in again.',
  proof_invalid:
    'This device is no longer one of the account. Your messages here are safe. Sign out, then in again.',
  other_account:
    'Another account has left its history in this browser. Erase it first, or use another browser profile.',
  unsent_messages:
    'Some of your messages were not sent yet, and signing out would lose them. Nothing has changed.',
  not_administrator: 'Only an administrator of the server can do this.',
  not_allowed: 'Your role in this group does not allow this. Nothing has changed.',
  last_owner: 'You are the only owner of the group. Nothing has changed; make somebody else owner first.',
  busy: 'Others are changing this group at the same moment. Nothing is lost; please try again in some seconds.',
  too_many_groups: 'You have made as many groups as an account may in this time. Please try again later.',
  invite_unknown: 'There is no such invite link: it was taken back, or never was. Ask for a new one.',
  invite_expired: 'This invite link is too old. Ask for a new one.',
  invite_used_up: 'This invite link has brought as many people as it may. Ask for a new one.',
  not_admitted: 'You cannot join this group: you are banned from it, or it is full.',
  still_in_group:
    'You left this group a moment ago, and the others have not taken you out of it yet. You join a little later.',
  join_invalid:
    'The server shows something else than the group of this link. You have not joined; please tell who gave you the link.',
  join_request_invalid:
    'This request is not what the group’s link has signed, or its link was taken back. Nobody was let in.',
  link_invalid:
    'This is no invite link into a group, or a part of it is missing. Please copy the whole of it.',
  other_server: 'This invite link is for a group on another server. It was shown to nobody.',
  terms_invalid:
    'An invite link is for 1 to 1,000 accounts, and good for 1 minute to 90 days. Nothing was made.',
  history_at_once: 'By a link with history people come in at once: it goes with no asking. Nothing was made.',
  too_many_invites: 'This group has 64 invite links, as many as it may. Take one back first.',
  chat_unknown: 'There is no such chat on this device.',
  chat_ambiguous: 'More than one group is called so.',
  request_unknown: 'This request is over.',
  too_many_blocks: 'You block 1,000 people already. Unblock somebody first.',
  contact_unknown: 'You have no chat with this person.',
  person_unknown: 'This person is not in the group.',
  server_full:
    'The disk of the server is full, so it takes nothing new. What is there can be read; please tell who runs the server.',
  no_key_package: 'This person cannot be reached just now. Please try again later.',
  clock_wrong:
    'The clock of this device is wrong. Nothing was sent; please set the date and time, then try again.',
  key_package_invalid:
    'The server gave keys that are not this person’s. Nothing was sent. Please tell who runs the server.',
  answer_invalid:
    'The server gave an answer that cannot be right. Nothing was sent. Please tell who runs the server.',
  weak_password:
    'The password is too easy to guess: it needs 12 characters or more, and not always the same ones.',
  same_password: 'The new password is the old one. Nothing has changed.',
  empty_text: 'The message is empty.',
  text_too_long: 'The message is too long. Nothing was sent; send it in parts.',
  message_unknown: 'The message is not on this device.',
  description_invalid: 'A description has at most 500 characters.',
  device_unknown: 'There is no such device any more.',
  device_name_invalid: 'A name of a device has 40 characters at most.',
  own_device: 'That is this device: sign out instead.',
  search_too_short: 'Two characters or more.',
  search_too_long: 'A handle or a name has 64 characters at most.',
  empty_search: 'There is nothing to search for.',
  not_registered: 'There is no account on this device.',
  already_registered: 'There is an account on this device already. Please load the page anew.',
  no_server: 'The server is not known. Please load the page anew.',
  invite_invalid: 'An invite code is for 1 to 10,000 accounts and good for at most 365 days.',
}
