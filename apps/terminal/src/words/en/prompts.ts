export const prompts = {
  password: 'Password: ',
  passwordAgain: 'The same password again: ',
  newPassword: 'New password: ',
  recoveryCode: 'The twelve words of the recovery sheet: ',
  compared: 'Do they see the same digits? yes, later or no: ',
  sameDigits: 'Does the new device, in your hand, show the same digits? (yes/no) ',
  sameFingerprint: (server: string, fingerprint: string) =>
    `${server}\n\n  ${fingerprint}\n\nIs this the fingerprint that the server’s own terminal shows, or the person who runs it tells you? (yes/no) `,
  keepHistory: 'Your encrypted history on this device: keep it, or erase it for good? (keep/erase) ',
  removeHost: (name: string) =>
    `Nobody in ${name} will see the bell any more. What was written stays in the database. Remove it? (yes/no) `,
  leaveGroup: (name: string) =>
    `Nothing more of the group “${name}” will reach you; what this device has of it stays. Leave it? (yes/no) `,
  lowerSelf: (role: string, name: string) =>
    `In the group “${name}” you will be ${role}, and cannot take the rest back yourself. Go on? (yes/no) `,
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
