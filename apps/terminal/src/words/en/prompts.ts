export const prompts = {
  password: 'Password: ',
  passwordAgain: 'The same password again: ',
  newPassword: 'New password: ',
  recoveryCode: 'The twelve words of the recovery sheet: ',
  compared: 'Do they see the same digits? yes, later or no: ',
  keepHistory: 'Your encrypted history on this device: keep it, or erase it for good? (keep/erase) ',
  removeHost: (name: string) =>
    `Nobody in ${name} will see the bell any more. What was written stays in the database. Remove it? (yes/no) `,
  passphrase: 'Passphrase of the profile: ',
  newPassphrase: 'New passphrase of the profile: ',
  newFilePassphrase: 'Passphrase for the file: ',
  filePassphrase: 'Passphrase of the file: ',
  newPassphraseAgain: 'The same passphrase again: ',
}

/** What people may type. */
export const answers = {
  yes: ['yes', 'y'],
  later: ['later', 'l'],
  keep: ['keep', 'k'],
  erase: ['erase', 'e'],
}
