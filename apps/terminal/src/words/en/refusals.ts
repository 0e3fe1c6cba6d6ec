export const refusals = {
  registration_closed: () => 'This server takes no new accounts now. Ask whoever runs it.',
  code_invalid: () =>
    'This server asks for an invite link, and this one is unknown, used up or too old. Ask for a new one; ' +
    'your handle is not taken.',
  handle_invalid: () => 'A handle has 3 to 32 of a-z 0-9 _ . - and begins and ends with a letter or digit.',
  handle_taken: () => 'This handle is taken, or too much like one that is. Please choose another.',
  name_invalid: () =>
    'A name has 1 to 64 characters, without control characters and without spaces at its ends. Nothing has changed; please ' +
    'choose another.',
  chat_closed: () => 'Nothing can be written in this chat any more. What it has can be read.',
  not_accepted: () =>
    'This person does not accept messages from you now. The message was not sent; it is kept on this device. To ' +
    'try again later: veche resend',
  blocked_by_you: () =>
    'You block this person, so nothing passes between you. The message was not sent; it is kept on this device. ' +
    'After veche unblock: veche resend',
  changed_binding: () =>
    'This handle belongs to another account than before. Nothing was sent; what to do: veche verify @handle',
  codes_differ: (it: string) =>
    `The code is not that of ${it}, or they see another account in your place: somebody may stand between you. The ` +
    'contact is not verified; write nothing secret until you know why.',
  own_code: () =>
    'This is the code that your own device shows. Scan the one on the screen of the other person.',
  no_code: () =>
    'This is no code for comparing accounts. The other person shows theirs with: veche verify @you --qr',
  newer_code: () => 'This code is of a newer version. Please update veche.',
  registration_code: () =>
    'This is an invite to a server, not a code for comparing accounts. Nothing was done with it.',
  chatInvite_code: () =>
    'This is an invite to a chat, not a code for comparing accounts. Nothing was done with it.',
  recovery_code: () =>
    'This is a recovery sheet: whoever has it can take the account. Show it to nobody. Nothing was done with it.',
  linking_code: () =>
    'This is a code that brings a further device to an account, not one for comparing accounts. Nothing was done ' +
    'with it; be careful with whoever gave it to you.',
  verification_code: () => 'This is a code for comparing accounts: veche verify @handle --scan',
  binding_unchanged: () => 'There is nothing to accept: this handle stands for the account that you know.',
  not_compared: (it: string) =>
    `Compare the digits first. When they are the same: veche verify ${it} --accept --confirm. Nothing has changed.`,
  opaque_version: () => 'The server asks for a newer veche. Nothing was made; please update it.',
  server_changed: () =>
    'The server is not the one that it was, or claims another key. Nothing was sent; ask whoever runs it.',
  too_many_calls: () => 'That was too often. Nothing is lost; please try again in a minute.',
  own_account: () => 'This is your own handle.',
  recovery_failed: () =>
    'The handle or the recovery sheet is wrong, or a newer sheet has taken its place. Nothing has changed.',
  linking_unknown: () =>
    'The code is too old, was ended, or another device was faster. Nothing has changed. Begin anew on the other device: veche ' +
    'device link; if you know of no other device, let nobody see the code.',
  linking_invalid: () =>
    'Something came that the new device did not send: somebody may be playing with the server. Nobody was let in; please try ' +
    'again.',
  linking_declined: () => 'Nobody was let in, and nothing has changed.',
  own_handle: () => 'This is your own handle.',
  login_failed: () => 'The handle or the password is wrong.',
  device_limit: () =>
    'This account has 16 devices, and more are not possible. Nothing has changed: they keep working. To use this ' +
    'device in the place of all of them: veche login … --replace',
  token_invalid: () =>
    'This device is no longer one of the account. Your messages here are safe. To use it again: veche logout, then veche login',
  other_account: () =>
    'Another account has left its history in this profile. Use a folder of your own (--profile), or erase what is there: ' +
    'veche logout --erase',
  keep_or_erase: () =>
    'Say what is to become of the history on this device: --keep-history or --erase. Nothing has changed.',
  unsent_messages: () =>
    'Some of your messages were not sent yet, and signing out would lose them. Nothing has changed. What waits: veche chats; ' +
    'to give it up: --discard',
  profile_in_use: () =>
    'This profile is open in another veche. Nothing has changed; please end that one first.',
  logout_unreachable: (it: string) =>
    `The server ${it} cannot be reached, so nothing has changed. To sign out here alone, and end the device there with ` +
    'your next sign-in: --local-only',
  proof_invalid: () =>
    'This device is no longer one of the account. Your messages here are safe. To use it again: veche logout, then veche login',
  device_silent: () =>
    'This device was not connected for 90 days, so the server has signed it out. What it has stays and can be read here. ' +
    'To use it again: veche logout --keep-history, then veche login',
  not_administrator: () => 'Only an administrator of the server can do this.',
  keys_in_use: (it: string) =>
    `The old keys are still needed: ${it} data keys are under them. Nothing was changed; let the server run, then ` +
    'try again. How far it is: veche admin keys',
  key_not_taken_up: () =>
    'The server has not taken up the first key of the key file yet. Nothing was changed; let the server run, then try again.',
  key_file: (it: string) => `The key file cannot be used: ${it}. Nothing was changed.`,
  key_file_locked: (it: string) =>
    `${it} cannot be written here. Nothing was changed. Put a new first line into it yourself, 64 hexadecimal digits ` +
    '(openssl rand -hex 32); the server takes it up.',
  key_file_locked_retired: (it: string) =>
    `Nothing is under the old keys, and the server uses them no more; but ${it} cannot be written here. Remove all ` +
    'its lines but the first yourself.',
  too_many_keys: () =>
    'The key file holds 16 keys, as many as it may. Remove old ones first: veche admin keys retire',
  host_name_taken: (it: string) =>
    `There is a system ${it} already. Nothing was changed. Another key for it: veche nichatka host rotate ${it}`,
  host_unknown: (it: string) => `There is no system ${it}. Those that there are: veche nichatka host list`,
  hosts_file: (it: string) =>
    `The file of the systems that use Nichatka cannot be used: ${it}. Nothing was changed.`,
  server_database: (it: string) => it,
  not_allowed: () =>
    'Your role in this chat does not allow this. Nothing has changed; a message is kept on this device as not sent. Who can ' +
    'do it: veche group members',
  read_only: (it: string) =>
    `In the group “${it}” you can read, not write. Nothing was sent; those who lead it can let you write: veche group ` +
    'members',
  last_owner: (it: string) =>
    `You are the only owner of the group “${it}”. Nothing has changed; make somebody else owner first: veche group role`,
  busy: () =>
    'Others are changing this group at the same moment. Nothing is lost; please try again in some seconds.',
  too_many_groups: () =>
    'You have made as many groups as an account may in this time. Nothing was made; please try again later.',
  request_ambiguous: (it: string) =>
    `${it} has more than one request to you. Nothing was answered; name one by its id: veche requests`,
  invite_invalid: () => 'An invite link is for 1 to 10,000 accounts and good for at most 365 days.',
  invite_unknown: () =>
    'There is no such invite link: it was taken back, or never was. Nothing was done; ask for a new one.',
  invite_expired: () => 'This invite link is too old. Nothing was done; ask for a new one.',
  invite_used_up: () =>
    'This invite link has brought as many people as it may. Nothing was done; ask for a new one.',
  not_admitted: () => 'You cannot join this group: you are banned from it, or it is full.',
  still_in_group: () =>
    'You have left this group a moment ago, and the devices of the others have not taken you out of it yet. Once they have, ' +
    'you join with the next command that reaches the server.',
  join_invalid: () =>
    'The server shows something else than the group of this link. You have not joined; please tell who gave you the link.',
  join_request_invalid: () =>
    'This request is not what the group’s link has signed, or its link was taken back. Nobody was let in.',
  link_invalid: () =>
    'This is no invite link into a group, or a part of it is missing. It was shown to nobody; please copy the whole of it.',
  other_server: () =>
    'This invite link is for a group on another server. It was shown to nobody. Another account needs a folder of its own: ' +
    '--profile',
  terms_invalid: () =>
    'An invite link into a group is for 1 to 1,000 accounts, and good for 1 minute to 90 days. Nothing was made.',
  history_at_once: () =>
    'By a link with history people come in at once: it goes with neither --approve nor --role. Nothing was made.',
  too_many_invites: () =>
    'This group has 64 invite links, as many as it may. Take one back first: veche invite revoke',
  too_many_requests: () => 'That was too often. Nothing is lost; please try again in some minutes.',
  chat_unknown: (it: string) => `You have no chat ${it}. Your chats: veche chats`,
  request_unknown: (it: string) => `There is no request ${it} to you. All requests: veche requests`,
  too_many_blocks: () => 'You block 1,000 people already. Unblock somebody first: veche blocked',
  contact_unknown: () => 'You have no contact with this handle. Your contacts: veche contacts',
  server_full: () =>
    'The disk of the server is full, so it takes nothing new. What is there can be read; please tell who runs the server.',
  no_key_package: () => 'The other person cannot be added just now. Please try again later.',
  clock_wrong: () =>
    'By the clock of this device the keys of the other person are not of this time. Nothing was sent; please set the ' +
    'date and time, then try again.',
  key_package_invalid: () =>
    'The server gave keys that are not this person’s. Nothing was sent. Please tell who runs the server.',
  answer_invalid: () =>
    'The server gave an answer that cannot be right. Nothing was sent. Please tell who runs the server.',
}

/** A reason that this version does not know yet. */
export const otherRefusal = (reason: string) => `The server refused: ${reason}.`
