export const accountCommands = {
  register: {
    summary: 'make an account on a server',
    details:
      'Makes your account and keeps its keys in the profile on this device. The recovery sheet is shown once, or written ' +
      'to the file that --sheet names.',
    examples: [
      'veche register --server http://127.0.0.1:8480 --handle alice --name "Alice" --invite vr-…',
      'veche register --invite "https://veche.example/#code=vr-…" --handle alice --password-file password.txt',
    ],
  },
  login: {
    summary: 'sign in on this device',
    details:
      'Your other devices stay signed in, at most 16 in all; with --replace this one takes the place of all of them. ' +
      'Your chats come as soon as one of your devices or the other people are connected.',
    examples: [
      'veche login --server https://veche.example --handle alice',
      'veche login --server https://veche.example --handle alice --replace',
      'veche login --server https://veche.example --link veche-linking:…',
    ],
  },
  trust: {
    summary: 'trust a server of the local network',
    details:
      'Such a server certifies itself (VECHE_TLS=lan). This shows the fingerprint of its authority, to be compared with what “veche admin authority” shows there; then this profile trusts it. An invite link that carries the fingerprint does the same by itself.',
    examples: ['veche trust https://veche.local:8480'],
  },
  'verify-web': {
    summary: 'look whether a server serves the web app unchanged',
    details:
      'Asks for every file as several visitors, and compares each byte and each header with what the sources of this program ' +
      'make. Run it now and then, and from other places than the server’s: it sees what is served to it, then and there.',
    examples: ['veche verify-web https://veche.example', 'veche verify-web https://veche.example --json'],
  },
  whoami: { summary: 'show the account of this profile', details: '', examples: ['veche whoami --json'] },
  recover: {
    summary: 'take your account back with the recovery sheet',
    details:
      'For when the password is lost, or the device and the password. Sets a new password, makes this your device and ' +
      'signs the others out, unless --keep-devices says that you have them. Your chats come back when the others in them are online; messages on the lost ' +
      'device do not.',
    examples: [
      'veche recover --server https://veche.example --handle alice',
      'veche recover --sheet recovery.txt --new-sheet',
    ],
  },
  password: {
    summary: 'change your password',
    details:
      'Asks for the old one, then twice for the new one. From then on only the new one signs in. Where the old one is ' +
      'forgotten, --sheet or --code-file takes the recovery sheet in its place.',
    examples: ['veche password', 'veche password --sheet recovery.txt'],
  },
  'recovery-sheet': {
    summary: 'show the recovery sheet, or make a new one',
    details:
      'After registration it is shown at once; this is for when the program ended before that. --new asks for the ' +
      'password and makes another sheet; the one before is worth nothing then.',
    examples: ['veche recovery-sheet', 'veche recovery-sheet --new --sheet recovery.txt'],
  },
  device: {
    summary: 'your devices: see them, add one, remove one',
    details: '',
    examples: ['veche device list'],
  },
  deviceList: {
    summary: 'list your devices',
    details:
      'With the day each signed in and the day it was last seen. The names are those that you gave here.',
    examples: ['veche device list', 'veche device list --json'],
  },
  deviceRemove: {
    summary: 'sign another device of yours out',
    details:
      'For a device that is lost or sold. Asks for the password. It gets nothing more from then on; what is on it already ' +
      'stays there. This device itself: veche logout',
    examples: [
      'veche device remove mfrggzdf',
      'veche device remove "old phone" --password-file password.txt',
    ],
  },
  deviceLink: {
    summary: 'let a new device of yours in, by a code',
    details:
      'Asks for the password here, then shows a code, also for scanning, good for five minutes. On the new device it goes to ' +
      'veche login --link. Both then show six digits: say yes here only where they are the same, and the new device is in ' +
      'your hand. Nobody else ever needs this code from you.',
    examples: ['veche device link'],
  },
  deviceName: {
    summary: 'give a device of yours a name',
    details:
      'The name stays on this device; neither the server nor other people see it. An empty one takes it away.',
    examples: ['veche device name mfrggzdf "old phone"'],
  },
  policy: {
    summary: 'show or set who may write to you',
    details:
      'forbidden: no one new; confirm: you are asked first; allowed: anyone. People you talk with stay.',
    examples: ['veche policy', 'veche policy forbidden'],
  },
  visibility: {
    summary: 'show or set whether search shows you',
    details: 'open: others can find you by handle and name; closed: only who knows your handle can ask you.',
    examples: ['veche visibility', 'veche visibility open'],
  },
  doctor: {
    summary: 'look whether everything is in order',
    details:
      'Looks at the program, the profile with every byte of its messages, and the server; says of each whether it is in ' +
      'order and what to do where it is not. Changes nothing, and works on a damaged profile too.',
    examples: ['veche doctor', 'veche doctor --offline', 'veche doctor --json'],
  },
  passphrase: {
    summary: 'show or change the passphrase of this profile',
    details:
      'Without one, whoever can read the files of this profile can read your messages. With one, every command asks ' +
      'for it, or reads the first line of the file that VECHE_PASSPHRASE_FILE names; while "veche listen" runs, no ' +
      'other command asks. Nobody can give it back to you: when it is lost, the messages on this device are lost.',
    examples: ['veche passphrase', 'veche passphrase set', 'VECHE_PASSPHRASE_FILE=phrase.txt veche listen'],
  },
  passphraseSet: {
    summary: 'put the profile under a passphrase',
    details: '',
    examples: ['veche passphrase set', 'veche passphrase set --new-file phrase.txt'],
  },
  passphraseChange: {
    summary: 'put the profile under another passphrase',
    details: '',
    examples: ['veche passphrase change'],
  },
  passphraseRemove: {
    summary: 'let the profile open without a passphrase',
    details: '',
    examples: ['veche passphrase remove'],
  },
  logout: {
    summary: 'sign out on this device',
    details:
      'Asks whether the encrypted history stays on this device, for when you sign in here again, or is erased. The ' +
      'keys are forgotten either way; your account and the other people keep everything.',
    examples: ['veche logout', 'veche logout --keep-history', 'veche logout --erase'],
  },
}
