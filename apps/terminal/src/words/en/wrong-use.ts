export const wrongUse = {
  unknown_command: (it: string) => `There is no command ${it}.`,
  unknown_option: (it: string) => `There is no option ${it} here.`,
  missing_argument: (it: string) => `${it} is missing.`,
  missing_option: (it: string) => `${it} is missing.`,
  missing_value: (it: string) => `${it} needs a value.`,
  too_many_arguments: (it: string) => `There is too much: ${it}. A text with spaces goes in quotes.`,
  invalid_value: (it: string) => `${it} is not a possible value.`,
  no_password: () => 'There is no password: give --password-file, or run the command in a terminal.',
  password_file: (it: string) => `The password file ${it} cannot be read, or its first line is empty.`,
  password_mismatch: () => 'The two passwords differ. Nothing was made; please run the command again.',
  weak_password: (it: string) =>
    'The password is too easy to guess: it needs 12 characters or more, and not always the same ones. Nothing was ' +
    `made. Some words in a row are good and easy to type; for example: ${it}`,
  other_code: () =>
    'This is a code for something else, not an invite. It was shown to nobody; nothing was made.',
  sheet_exists: (it: string) => `The file ${it} is there already. Nothing was made; please name a new one.`,
  sheet_file: (it: string) =>
    `The file ${it} cannot be written. The recovery sheet is kept on this device until it was shown: ` +
    'veche recovery-sheet',
  sheet_unreadable: (it: string) => `The file ${it} cannot be read, or is no recovery sheet.`,
  sheet_seen: () =>
    'The recovery sheet was shown already, and this device does not have it any more. For a new one: ' +
    'veche recovery-sheet --new',
  code_unreadable: () =>
    'These are not the twelve words of a recovery sheet: one is misspelt, missing or too many. Nothing has changed.',
  no_recovery_code: () =>
    'There is no recovery sheet: give --sheet or --code-file, or run the command in a terminal.',
  linking_code: () =>
    'That is not a code for letting a device in, or a character is wrong. It was shown to nobody. The other device shows one ' +
    'with: veche device link',
  device_unknown: (it: string) => `You have no device ${it}. Your devices: veche device list`,
  device_ambiguous: (it: string) =>
    `More than one of your devices is called ${it}. Nothing has changed; write more of its id: veche device list --json`,
  own_device: () => 'That is this device. To sign it out: veche logout',
  device_name_invalid: () => 'A name of a device has 40 characters at most, without control characters.',
  same_password: () => 'The new password is the old one. Nothing has changed.',
  no_passphrase: () => 'There is no passphrase: give --new-file, or run the command in a terminal.',
  passphrase_mismatch: () => 'The two passphrases differ. Nothing has changed; please run the command again.',
  weak_passphrase: (it: string) =>
    'The passphrase is too easy to guess: it needs 12 characters or more, and not always the same ones. Nothing has ' +
    `changed. Some words in a row are good and easy to type; for example: ${it}`,
  passphrase_present: () => 'The profile has a passphrase. Another one: veche passphrase change',
  passphrase_absent: () => 'The profile has no passphrase. To set one: veche passphrase set',
  passphrase_needed: () =>
    'This profile is under a passphrase: run the command in a terminal, or name a file that has it in its first line ' +
    'with VECHE_PASSPHRASE_FILE.',
  passphrase_wrong: () => 'That is not the passphrase of this profile. Nothing was opened.',
  passphrase_file: (it: string) =>
    `The passphrase file ${it} cannot be read, or its first line is empty. Nothing was opened.`,
  no_file_passphrase: () =>
    'There is no passphrase: give --passphrase-file, or run the command in a terminal.',
  export_exists: (it: string) =>
    `The file ${it} is there already. Nothing was written; name a new one, or add --force to replace it.`,
  export_file: (it: string) => `The file ${it} cannot be written. Nothing has changed.`,
  export_no_space: (it: string) => `There is no space left where ${it} was to be. Nothing has changed.`,
  import_file: (it: string) => `The file ${it} cannot be read. Nothing has changed.`,
  import_damaged: (it: string) =>
    `The file ${it} is no exported history, or is damaged. Nothing was taken from it; the history on this device is ` +
    'as it was.',
  import_wrong_passphrase: (it: string) => `That is not the passphrase of ${it}. Nothing has changed.`,
  import_other_account: (it: string) =>
    `The file ${it} holds the history of another account. Nothing was taken from it.`,
  import_foreign: (it: string) =>
    `The file ${it} was not written by a device of your account: somebody may want to put words into the mouths of ` +
    'others. Nothing was taken from it.',
  empty_text: () => 'The message is empty. Nothing was sent.',
  message_unknown: (it: string) =>
    `There is no message ${it} in this chat on this device. Nothing was sent. The numbers: veche history --numbers`,
  text_too_long: () => 'The message is too long. Nothing was sent; send it in parts.',
  erases_here: (it: string) =>
    `This erases from this device what was shown of the private chat with ${it}. It cannot be undone; the other ` +
    'person keeps their own. Repeat the command with --yes.',
  erases_on_server: (it: string) =>
    `This removes the private chat with ${it} from the server, each message once every device has it. It cannot be ` +
    'undone; what is on the devices stays, on the other person’s too. Repeat the command with --yes.',
  erases_group_here: (it: string) =>
    `This erases from this device what was shown of the group “${it}”. It cannot be undone; the others keep their own. ` +
    'Repeat the command with --yes.',
  erases_group_on_server: (it: string) =>
    `This removes the group “${it}” from the server, for all in it: each message once every device has it. It cannot be ` +
    'undone; what is on the devices stays there. Repeat the command with --yes.',
  chat_ambiguous: (it: string) =>
    `More than one group is called “${it}”. Nothing was done; name it by its id, which veche chats --json shows.`,
  not_a_group: (it: string) =>
    `${it} is a private chat, not a group. Nothing was done. Your groups: veche chats`,
  is_a_group: (it: string) =>
    `“${it}” is a group; this is for one person. Nothing was done. A person is named like @bob.`,
  person_unknown: (it: string) =>
    `${it} is not there: not in the group, or not among its banned. Where two have one handle, name the account. Who is: ` +
    'veche group members --json',
  description_invalid: () =>
    'A description has at most 500 characters, and no control characters. Nothing has changed; please make it shorter.',
  leaves_group: (it: string) => `Nothing was done. To leave the group “${it}” without being asked: --yes`,
  lowers_yourself: (it: string) =>
    `Nothing has changed. This lowers your own role in the group “${it}”, and you could not take it back. To do it without ` +
    'being asked: --yes',
  search_too_short: () => 'Give two characters or more of a handle or a name.',
  search_too_long: () => 'A handle or a name has 64 characters at most. Give less of it.',
  empty_search: () => 'There is nothing to search for: the text is empty.',
  no_authority: () =>
    'There is no certificate authority here. A server that is started with VECHE_TLS=lan makes one; run this on its machine, ' +
    'as its user, with its settings.',
  no_server_data: () =>
    'There is no server’s data here, or it was not started with this version yet. Run this on the server’s machine, ' +
    'as its user, with its settings: VECHE_DATA, or DATABASE_URL.',
  no_local_release: () =>
    'There is no web app here to compare with. Make it from the sources, in the folder of this program: npm run prepare',
  local_release_damaged: (it: string) =>
    `The web app here was changed after it was made (${it}). Nothing was compared. Make it anew, in the folder of this ` +
    'program: npm run gen',
  host_name_wrong: (it: string) => `${it} is not a possible name: 1 to 40 of a-z 0-9 -, a letter first.`,
  origin_wrong: (it: string) =>
    `${it} is not where pages are. It looks like https://tasks.example, without a path; 50 at most.`,
  public_key_wrong: () =>
    'That is not an Ed25519 public key: 32 bytes in base64url, 43 characters. Nothing was changed.',
  removes_host: (it: string) => `Nothing was changed. To remove ${it} without being asked: --yes`,
  server_settings: (it: string) => it,
  no_server: () => 'Which server? Give --server URL, or --invite with the whole link.',
  invalid_server: (it: string) => `${it} is not the address of a server; it looks like https://veche.example`,
  not_registered: () => 'There is no account in this profile yet. Make one with: veche register',
  already_registered: (it: string) =>
    `This profile holds the account @${it} already. For another account give another folder: --profile DIR`,
}
