/**
 * Everything that `veche` says, in English. `ru.ts` has the same keys; the type makes both complete. The words
 * are those of the project's glossary: one word for one thing, no jargon. A failure says what happened, what is
 * safe, and what to do.
 */
import { counted } from './language.ts'
import { screenEn } from './screen-en.ts'

export const en = {
  headings: {
    'Usage:': 'Usage:',
    'Arguments:': 'Arguments:',
    'Options:': 'Options:',
    'Commands:': 'Commands:',
    everywhere: 'Options of every command:',
    examples: 'Examples:',
    account: 'Your account:',
    talking: 'Talking:',
    server: 'The server:',
    exitCodes: 'Exit codes:',
    settings: 'Settings: environment variables, or lines of veche.toml (VECHE_PORT is port there):',
  },

  program: {
    summary: 'Veche: a messenger of your own, encrypted from one end to the other.',
    exitCodes: [
      [0, 'done'],
      [1, 'an internal error'],
      [2, 'wrong use'],
      [3, 'refused; the reason is told'],
      [4, 'the server cannot be reached; a message is kept and sent by the next run'],
      [5, 'the profile is busy or damaged'],
      [6, 'listen: the time ended before as many events came as were asked for'],
      [7, 'the passphrase of the profile is missing or wrong'],
      [130, 'interrupted'],
    ] as [number, string][],
    more: 'More about a command: veche COMMAND --help',
  },

  commands: {
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
        'An account has one device for now: while another is signed in, this one is refused, unless --replace takes ' +
        'its place. Your chats come back as soon as the other people are connected.',
      examples: [
        'veche login --server https://veche.example --handle alice',
        'veche login --server https://veche.example --handle alice --replace',
      ],
    },
    whoami: { summary: 'show the account of this profile', details: '', examples: ['veche whoami --json'] },
    recover: {
      summary: 'take your account back with the recovery sheet',
      details:
        'For when the password is lost, or the device and the password. Sets a new password, makes this your device and ' +
        'signs the one before out. Your chats come back when the others in them are online; messages on the lost ' +
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
    devices: { summary: 'list your devices', details: '', examples: ['veche devices'] },
    policy: {
      summary: 'show or set who may write to you',
      details:
        'forbidden: no one new; confirm: you are asked first; allowed: anyone. People you talk with stay.',
      examples: ['veche policy', 'veche policy forbidden'],
    },
    visibility: {
      summary: 'show or set whether search shows you',
      details:
        'open: others can find you by handle and name; closed: only who knows your handle can ask you.',
      examples: ['veche visibility', 'veche visibility open'],
    },
    find: {
      summary: 'find people',
      details:
        'By handle or name, in Russian or Latin letters, by the beginning and with small mistakes. Shows only people ' +
        'who wish to be found (veche visibility open). Who knows a handle can ask without it: veche request',
      examples: ['veche find Masha', 'veche find petrov --limit 5 --json'],
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
    request: {
      summary: 'ask somebody for a private chat',
      details: '',
      examples: ['veche request @bob'],
    },
    requests: {
      summary: 'list requests, made to you and by you',
      details: 'A request is answered by its id or by the handle of who asks.',
      examples: ['veche requests', 'veche requests allow @alice'],
    },
    allow: { summary: 'allow a request', details: '', examples: ['veche requests allow @alice'] },
    refuse: { summary: 'refuse a request', details: '', examples: ['veche requests refuse @alice'] },
    block: {
      summary: 'keep requests and messages of somebody away',
      details:
        'Their requests wait for ever, and they are not told. In a chat that is open, neither of you can write until ' +
        'you unblock; what was written stays. Works for any handle.',
      examples: ['veche block @bob'],
    },
    unblock: {
      summary: 'let requests and messages of somebody come again',
      details: 'What either of you wrote meanwhile was not sent; veche resend sends your part.',
      examples: ['veche unblock @bob'],
    },
    blocked: { summary: 'list whom you block', details: '', examples: ['veche blocked'] },
    contacts: {
      summary: 'list the people of your private chats',
      details: '',
      examples: ['veche contacts'],
    },
    verify: {
      summary: 'compare the safety number with a contact',
      details:
        'Compare it in person or by telephone: when both see the same digits, nobody stands between you. --confirm ' +
        'then marks the contact as verified on this device. When a handle belongs to another account than before, ' +
        'nothing is sent to that account until you accept it with --accept; a chat id in place of the handle goes ' +
        'back to the account of that chat. Side by side it is quicker by code: one shows it with --qr, the other scans ' +
        'it with any scanner and gives what it reads to --scan; then the other way round.',
      examples: [
        'veche verify @bob --qr',
        'veche verify @bob --scan VECHE-VERIFICATION:1:…',
        'veche verify @bob',
        'veche verify @bob --confirm',
        'veche verify @bob --revoke',
        'veche verify @bob --accept',
      ],
    },
    logout: {
      summary: 'sign out on this device',
      details:
        'Asks whether the encrypted history stays on this device, for when you sign in here again, or is erased. The ' +
        'keys are forgotten either way; your account and the other people keep everything.',
      examples: ['veche logout', 'veche logout --keep-history', 'veche logout --erase'],
    },
    chats: { summary: 'list your chats', details: '', examples: ['veche chats --json'] },
    send: {
      summary: 'send a message',
      details:
        'Ends once the server has the message. When the server cannot be reached, the message is kept and the ' +
        'next run sends it. The text "-" means standard input; a text that begins with "-" goes after "--".',
      examples: ['veche send @bob "The seedlings are ready"', 'veche send @bob - < letter.txt'],
    },
    resend: {
      summary: 'send again what was not sent',
      details:
        'What the other person did not accept, or you wrote to somebody whom you block, is kept on this device and ' +
        'marked as not sent. This sends all of it in the chat again, in its order.',
      examples: ['veche resend @bob'],
    },
    listen: {
      summary: 'show what comes, as it comes',
      details: 'Until Ctrl-C, or as long as --count and --timeout say. What was missed comes first.',
      examples: ['veche listen', 'veche listen --count 1 --timeout 30 --json'],
    },
    history: {
      summary: 'show the messages of a chat',
      details: '',
      examples: ['veche history @bob', 'veche history @bob --limit 500 --json'],
    },
    keep: {
      summary: 'show or set where a chat is kept',
      details:
        'On the server a chat is kept only while both of you keep it there; on this device you decide alone. What is ' +
        'not kept leaves: the server once every device of the chat has it, this device once it was shown. That ' +
        'cannot be undone; what comes later can be kept again.',
      examples: ['veche keep @bob', 'veche keep @bob server off --yes', 'veche keep @bob device on'],
    },
    search: {
      summary: 'search the messages that this device has',
      details:
        'In all chats, newest first, capital letters or not. Works without the server, which learns nothing.',
      examples: ['veche search seedlings', 'veche search "at five" --limit 5 --json'],
    },
    admin: { summary: 'administer the server', details: '', examples: ['veche admin invite create'] },
    registration: {
      summary: 'show or set who may make an account',
      details: 'open: anyone; invite: whoever has an invite link; closed: no one.',
      examples: ['veche admin registration', 'veche admin registration open'],
    },
    invite: { summary: 'invite links', details: '', examples: ['veche admin invite create --uses 10'] },
    create: {
      summary: 'make an invite link',
      details: '',
      examples: ['veche admin invite create', 'veche admin invite create --uses 30 --expires 14d --json'],
    },
    keys: {
      summary: 'show the keys that seal what the server stores',
      details:
        'Run on the server’s machine, as the user that the server runs as, with its settings (VECHE_DATA); no profile ' +
        'is needed. With --wait: ends when nothing is left under old keys.',
      examples: ['veche admin keys', 'veche admin keys --wait --json'],
    },
    keysRotate: {
      summary: 'make a new master key',
      details:
        'The running server takes it up and moves everything under it, without a pause; after a crash it goes on. The ' +
        'old key still opens until it is retired. Copies made before need the old key: keep it with them.',
      examples: ['veche admin keys rotate', 'veche admin keys rotate --data'],
    },
    keysRetire: {
      summary: 'remove the old master keys',
      details: 'Refused as long as anything is under them.',
      examples: ['veche admin keys retire'],
    },
    nichatka: {
      summary: 'Nichatka: the systems that use it',
      details: 'A bell and a panel of messages in another system’s pages. More: docs/nichatka.md',
      examples: ['veche nichatka host list'],
    },
    nichatkaHost: {
      summary: 'the systems that use Nichatka',
      details:
        'Run on the server’s machine, as the user that the server runs as, with its settings (VECHE_DATA). The running ' +
        'server takes every change up by itself.',
      examples: ['veche nichatka host list'],
    },
    hostAdd: {
      summary: 'let a system use Nichatka',
      details:
        'Makes a key, with which that system’s server signs who its users are, and shows it this once. A system with a key ' +
        'pair of its own (Ed25519) gives its public key instead.',
      examples: [
        'veche nichatka host add vehno --origin https://tasks.example',
        'veche nichatka host add vehno --origin http://127.0.0.1:8000 --origin http://localhost:8000 --no-get-changes',
      ],
    },
    hostList: {
      summary: 'list the systems that use Nichatka',
      details: '',
      examples: ['veche nichatka host list'],
    },
    hostRotate: {
      summary: 'give a system another key',
      details:
        'From then on the old key is worth nothing: have the system’s server ready to take the new one.',
      examples: ['veche nichatka host rotate vehno'],
    },
    hostRemove: {
      summary: 'take Nichatka from a system',
      details:
        'Its key is forgotten. What its users wrote stays in the database, and is there again for a system of that name.',
      examples: ['veche nichatka host remove vehno --yes'],
    },
    serve: {
      summary: 'run the server',
      details: 'Runs until Ctrl-C. Everything it needs is in its data folder.',
      examples: [
        'veche serve',
        'VECHE_PORT=8080 VECHE_DATA=/srv/veche veche serve',
        'veche serve --services nichatka',
      ],
    },
    services: {
      summary: 'list the services of the server and what each needs',
      details: '',
      examples: ['veche services'],
    },
  },

  arguments: {
    handle: 'a handle, like @bob',
    policy: 'forbidden, confirm or allowed; shown when left out',
    visibility: 'open or closed; shown when left out',
    person: 'a handle or a name, or how it begins',
    requestId: 'the id of a request, or the handle of who asks',
    chat: '@handle or a chat id',
    place: 'server or device; both are shown when left out',
    on: 'on or off',
    sought: 'what the messages contain',
    text: 'the message; "-" reads standard input',
    host: 'the name by which Nichatka knows the system: 1 to 40 of a-z 0-9 -, a letter first',
    registration: 'open, invite or closed; shown when left out',
  },

  options: {
    profile: 'folder of the profile: keys and messages of one account on this device (VECHE_PROFILE)',
    server: 'address of the server; the profile knows it after registration',
    json: 'one JSON object a line, also for errors',
    help: 'show this help',
    version: 'show the version',
    handle: 'your handle: 3 to 32 of a-z 0-9 _ . -',
    name: 'the name that others see; the handle when left out',
    passwordFile: 'file with the password in its first line; asked for when left out',
    offline: 'leave the server alone',
    newPassphraseFile: 'file with the new passphrase in its first line; asked for when left out',
    invite: 'invite link or registration code',
    ownHandle: 'your handle; the sheet names it, too',
    readSheet: 'file with the recovery sheet, as --sheet of register wrote it',
    codeFile: 'file with the twelve words of the recovery sheet in its first line; asked for when left out',
    oldPasswordFile: 'file with the present password in its first line; asked for when left out',
    newPasswordFile: 'file with the new password in its first line; asked for when left out',
    newSheet: 'make a new recovery sheet, too, and show it or write it to this new file; the one before ends',
    newCode: 'make a new recovery sheet; the one before ends',
    sheet: 'write the recovery sheet to this new file, one page to print, instead of showing it',
    keysData: 'replace the data keys too, and seal all that is stored anew',
    keysWait: 'wait until nothing is left under old keys',
    sendTimeout: 'how long to wait for the server, such as 30s (default 15s)',
    count: 'end after so many messages and requests',
    timeout: 'end after this time, such as 30s or 10m',
    limit: 'at most so many, the latest (default 50)',
    yes: 'what is stored may be erased for good',
    origin: 'where its pages are, such as https://tasks.example; may be given more than once',
    publicKey: 'its Ed25519 public key, 32 bytes in base64url, instead of a shared key',
    noGetChanges: 'refuse changes that come as GET',
    services: 'run these services alone, with commas between them (VECHE_SERVICES)',
    yesRemove: 'do not ask',
    people: 'at most so many, 1 to 20 (default 20)',
    confirm: 'the digits are the same: mark the contact as verified',
    replace: 'take the place of the device that is signed in now, which ends',
    keepHistory: 'keep the encrypted history on this device',
    erase: 'erase the history on this device for good',
    discard: 'give up messages that were not sent yet',
    localOnly: 'do not tell the server: your next sign-in ends this device there',
    revoke: 'take the mark away',
    accept: 'let the handle stand for the account that has it now; with --confirm: the digits are the same',
    verificationQr: 'show the code that the other person scans',
    scan: 'what a scanner read off the screen of the other person; a match marks the contact as verified',
    uses: 'how many accounts may be made with it (default 1)',
    expires: 'how long it is good, such as 12h or 30d (default 7d)',
  },

  /** Of the server's settings, by variable; those that are missing here say what their declarations say. */
  settings: {} as Partial<Record<string, string>>,

  /** What each service is for, by its name. */
  services: {
    accounts: 'accounts, devices, signing in',
    chats: 'private chats and the delivery of messages',
    directory: 'search for people who wish to be found',
    nichatka: 'a bell and a panel of messages in another system’s pages; needs nothing of the messenger',
  },

  default: (value: string) => `default ${value}`,

  /** Without a command: the screen. */
  screen: screenEn,

  prompts: {
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
    newPassphraseAgain: 'The same passphrase again: ',
  },

  /** What people may type. */
  answers: { yes: ['yes', 'y'], later: ['later', 'l'], keep: ['keep', 'k'], erase: ['erase', 'e'] },

  labels: {
    account: 'account',
    handle: 'handle',
    name: 'name',
    device: 'device',
    server: 'server',
    you: 'You',
    thisDevice: 'this device',
    waiting: 'waiting',
    'not-sent': 'not sent',
    verified: 'verified',
    claimed: 'another account, not accepted',
    unbound: (chat: string) => `former account, ${chat}`,
    incoming: 'To you:',
    outgoing: 'By you:',
    link: 'invite link',
    code: 'code',
    expires: 'good until',
  },

  health: { ok: 'ok', look: 'look', broken: 'broken' },
  policies: { forbidden: 'no one new', confirm: 'ask me', allowed: 'anyone' },
  registrations: { open: 'anyone', invite: 'whoever has an invite link', closed: 'no one' },
  statuses: {
    open: 'open',
    allowed: 'allowed, about to open',
    pending: 'waiting for an answer',
    refused: 'refused',
  },

  says: {
    registered: (handle: string) => `Your account @${handle} is ready.`,
    recovery:
      'The recovery sheet. Print it, or write the words down, and keep it away\n' +
      'from this device: with it, and only with it, you get your account back\n' +
      'when the password is lost. Whoever has it has your account: show it to\n' +
      'nobody, whatever they say. It is shown this once.',
    sheetWritten: (file: string) =>
      `The recovery sheet is in ${file}. Print it, keep it away from this device, and delete the file: whoever has it ` +
      'has your account.',
    newSheet:
      'This is your recovery sheet from now on. The one before is worth nothing any more: destroy it.',
    recovered: (handle: string) =>
      `You have your account @${handle} back. The password is new, and the device before is signed out.`,
    recoveredBefore:
      'An earlier attempt had gone through: your password is the one that you gave then. If you do not know it any ' +
      'more, set another with: veche password --sheet FILE',
    passwordChanged: 'Your password is changed. The old one signs in nowhere any more.',
    sheetUnseen: 'Your recovery sheet was not shown yet: veche recovery-sheet',
    loggedIn: (handle: string) => `You are signed in as @${handle}.`,
    policy: (value: string) => `Who may write to me: ${value}.`,
    visibility: {
      open: 'Search may show you to others.',
      closed: 'Search does not show you; only who knows your handle can ask you.',
    },
    keys: {
      file: (it: string) => `The master keys are in ${it}:`,
      current: 'current',
      old: 'old',
      missing: 'missing in the file',
      dataKeys: (count: number) => counted('en', count, { one: 'data key', other: 'data keys' }),
      allCurrent: 'Everything is under the current key.',
      mayRetire: 'Everything is under the current key. The old ones can go: veche admin keys retire',
      underWay: (toRewrap: number, toReplace: number) =>
        `Still to be moved under the current key: ${toRewrap}. Data keys still to be replaced: ${toReplace}. The ` +
        'server does it while it runs.',
      rotated: (it: string) =>
        `The new master key is ${it}. The server moves everything under it while it runs; how far it is: veche admin keys`,
      retired: (ids: string) => `Gone, and good for old copies alone: ${ids}.`,
      noneRetired: 'There was no old key.',
    },
    nichatka: {
      added: (name: string, file: string) => `${name} may use Nichatka now. Its key is in ${file}.`,
      rotated: (name: string) => `${name} has another key. The old one is worth nothing any more.`,
      removed: (name: string) =>
        `${name} may use Nichatka no more. What its users wrote stays in the database.`,
      keepSecret:
        'The settings of its server follow, shown this once. Whoever has the key can read and write as any of its users: keep it there alone.',
      noHosts: 'No system uses Nichatka yet. The first: veche nichatka host add NAME --origin URL',
      kinds: { 'hmac-sha256': 'shared key', ed25519: 'key pair' },
      getChanges: { on: 'GET may change', off: 'GET may not change' },
    },
    registration: (value: string) => `Who may make an account: ${value}.`,
    examined: (chats: number) => `${counted('en', chats, { one: 'chat', other: 'chats' })} read…`,
    passphraseWrong: 'That is not the passphrase of this profile.',
    passphraseIs: {
      set: 'The profile is under a passphrase. Without it nobody opens it, and nobody can give it back to you.',
      changed: 'The profile is under the new passphrase. The old one opens it no more.',
      removed: 'The profile has no passphrase: whoever can read its files can read your messages.',
    },
    requestAnswer: {
      open: (handle: string) => `The private chat with @${handle} is open: veche send @${handle} "…"`,
      pending: (handle: string) =>
        `@${handle} is asked. The chat opens when they allow it; it will be in veche chats.`,
      refused: (handle: string) => `@${handle} does not wish to talk for now.`,
    },
    chatOpened: (who: string) => `The private chat with ${who} is open.`,
    allowed: (who: string) => `Allowed. ${who} can write to you, and you to them.`,
    refused: (who: string) => `Refused. ${who} cannot ask you again for 30 days.`,
    blocked: (handle: string) =>
      `Blocked. Requests and messages of @${handle} do not reach you. You cannot write to them either, until: ` +
      `veche unblock @${handle}`,
    unblocked: (handle: string) =>
      `Unblocked. @${handle} can ask you for a chat, and write where one is open.`,
    nobodyBlocked: 'You block nobody. Whom you block will be here: veche block @handle',
    safetyNumber: (who: string) => `The safety number with ${who}; they see the same digits:`,
    verified: 'Verified: you have compared it.',
    notVerified: 'Not verified. Compare it in person, then: veche verify @handle --confirm',
    scanMe: (code: string) =>
      `The other person scans this, and gives it to: veche verify @you --scan\n\n${code}`,
    changedBinding: (handle: string) =>
      `@${handle} belongs to another account than before: the same person who began anew, or somebody else. Nothing ` +
      'is sent to it until you accept it.',
    newSafetyNumber: 'The safety number with that account; its owner sees the same digits:',
    howToAccept: (handle: string) => `Compare it, then: veche verify @${handle} --accept`,
    accepted: {
      same: (handle: string) =>
        `Accepted and verified: @${handle} stands for this account now, and what waited for it is sent. The chat with ` +
        'the account before can still be read.',
      later: (handle: string) =>
        `Accepted, not verified: @${handle} stands for this account now, and what waited for it is sent. The chat with ` +
        'the account before can still be read.',
      differ: (handle: string) => `Nothing has changed: nothing is sent to the other account of @${handle}.`,
    },
    wantsToWrite: (who: string) => `${who} wants to write to you.`,
    howToAnswer: (id: string) => `veche requests allow ${id}   ·   veche requests refuse ${id}`,
    noRequests: 'There are no requests. Ask somebody with: veche request @handle',
    noContacts: 'The people of your private chats will be here. Ask somebody with: veche request @handle',
    noChats: 'Your chats will be here. Ask somebody with: veche request @handle',
    noMessages: 'The messages of this chat will be here. Write the first with: veche send',
    nobodyFound:
      'Nobody who wishes to be found is called so. Accounts are closed until their owners open them, with ' +
      'veche visibility open.\nWhoever you know the exact handle of can be asked all the same: veche request @handle',
    nothingFound: 'No message on this device contains that.',
    sent: (to: string) => `Sent to ${to}.`,
    historyKept:
      'You are signed out. Your encrypted history stays on this device until you sign in here again.',
    historyErased: 'You are signed out, and nothing of your messages is left on this device.',
    awaited: (people: string) =>
      `This device is new here. Your chats will appear as soon as the other person, or another device of yours, is connected: ${people}.`,
    chatWith: (who: string) => `Private chat with ${who}`,
    keptOnServer: {
      both: 'Kept on the server.',
      onlyYou: (who: string) => `Not kept on the server: ${who} does not keep it there.`,
      onlyPeer: 'Not kept on the server: you do not keep it there.',
      neither: 'Not kept on the server: neither of you keeps it there.',
    },
    keptOnDevice: {
      on: 'Kept on this device.',
      off: 'Not kept on this device: a message is erased once it was shown.',
    },
    unreadMessages: (count: number) => `${new Intl.NumberFormat('en').format(count)} new`,
    waitingMessages: (count: number) =>
      `${counted('en', count, { one: 'message waits', other: 'messages wait' })} for the server`,
    unsentMessages: (count: number) =>
      `${counted('en', count, { one: 'message was', other: 'messages were' })} not sent`,
    resent: (count: number, to: string) =>
      `Sent to ${to}: ${counted('en', count, { one: 'message', other: 'messages' })}.`,
    nothingUnsent:
      'Every message of this chat was sent, or waits for the server. There is nothing to send again.',
    connected: (server: string) => `Connected to ${server}. Ctrl-C ends.`,
    disconnected: (server: string) =>
      `No connection to ${server}. Nothing is lost; it is tried again and again.`,
    offlineView: 'The server cannot be reached: this is what the device had before.',
    enrolledOn: (day: string) => `since ${day}`,
    seenOn: (day: string) => `last seen ${day}`,
    uses: (count: number) => `good for ${counted('en', count, { one: 'account', other: 'accounts' })}`,
    needs: (what: string) => `needs ${what}`,
    didYouMean: (guess: string) => `Did you mean ${guess}?`,
    seeHelp: 'See: veche --help',
  },

  /** What the device noticed by itself, by the client's kinds of notice. */
  notices: {
    fork: 'The server seems to show different people different conversations in this chat. What this device has is kept. Ask the other person in another way.',
    unreadable:
      'A message could not be read and is left out: it is damaged, or not from whom it claims to be.',
    replayed: 'A message came a second time. It is not shown again.',
    unsupported: 'A message came of a kind that this version does not know. It is kept for a newer one.',
    'rolled-back':
      'This profile was put back to an older state, so it writes no more in this chat. What it has can be read.',
    'server-behind':
      'The server was brought back to an older state and lacks a part of this chat. What this device has is kept; ' +
      'what you write here waits, and is not sent.',
    stuck: 'This device cannot follow the chat any further. What it has can be read.',
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
    damaged: 'What this device keeps of the chat is damaged. Keep a copy of the profile and report it.',
  },

  /** Why a message was not sent, where it is more than that. */
  notSent: {
    not_accepted:
      'The other person does not accept messages from you now. What you wrote is kept on this device and was not ' +
      'sent. To try again later: veche resend',
    blocked_by_you:
      'You block this person, so nothing passes between you. What you wrote is kept on this device and was not ' +
      'sent. After veche unblock: veche resend',
  },

  failures: {
    // Wrong use.
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
    same_password: () => 'The new password is the old one. Nothing has changed.',
    no_passphrase: () => 'There is no passphrase: give --new-file, or run the command in a terminal.',
    passphrase_mismatch: () =>
      'The two passphrases differ. Nothing has changed; please run the command again.',
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
    empty_text: () => 'The message is empty. Nothing was sent.',
    text_too_long: () => 'The message is too long. Nothing was sent; send it in parts.',
    erases_here: (it: string) =>
      `This erases from this device what was shown of the private chat with ${it}. It cannot be undone; the other ` +
      'person keeps their own. Repeat the command with --yes.',
    erases_on_server: (it: string) =>
      `This removes the private chat with ${it} from the server, each message once every device has it. It cannot be ` +
      'undone; what is on the devices stays, on the other person’s too. Repeat the command with --yes.',
    search_too_short: () => 'Give two characters or more of a handle or a name.',
    search_too_long: () => 'A handle or a name has 64 characters at most. Give less of it.',
    empty_search: () => 'There is nothing to search for: the text is empty.',
    no_server_data: () =>
      'There is no server’s data here, or it was not started with this version yet. Run this on the server’s machine, ' +
      'as its user, with its settings: VECHE_DATA, or DATABASE_URL.',
    host_name_wrong: (it: string) => `${it} is not a possible name: 1 to 40 of a-z 0-9 -, a letter first.`,
    origin_wrong: (it: string) =>
      `${it} is not where pages are. It looks like https://tasks.example, without a path; 50 at most.`,
    public_key_wrong: () =>
      'That is not an Ed25519 public key: 32 bytes in base64url, 43 characters. Nothing was changed.',
    removes_host: (it: string) => `Nothing was changed. To remove ${it} without being asked: --yes`,
    server_settings: (it: string) => it,
    no_server: () => 'Which server? Give --server URL, or --invite with the whole link.',
    invalid_server: (it: string) =>
      `${it} is not the address of a server; it looks like https://veche.example`,
    not_registered: () => 'There is no account in this profile yet. Make one with: veche register',
    already_registered: (it: string) =>
      `This profile holds the account @${it} already. For another account give another folder: --profile DIR`,

    // Refused.
    registration_closed: () => 'This server takes no new accounts now. Ask whoever runs it.',
    code_invalid: () =>
      'This server asks for an invite link, and this one is unknown, used up or too old. Ask for a new one; ' +
      'your handle is not taken.',
    handle_invalid: () => 'A handle has 3 to 32 of a-z 0-9 _ . - and begins and ends with a letter or digit.',
    handle_taken: () => 'This handle is taken, or too much like one that is. Please choose another.',
    name_invalid: () => 'A name has 1 to 64 characters, without control characters. Please choose another.',
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
    own_handle: () => 'This is your own handle.',
    login_failed: () => 'The handle or the password is wrong.',
    device_limit: () =>
      'This account has its device already, and a second is not possible yet. Nothing has changed: the first ' +
      'device keeps working. To use this device in its place: veche login … --replace',
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
    not_allowed: () => 'This is not allowed to you in this chat.',
    invite_invalid: () => 'An invite link is for 1 to 10,000 accounts and good for at most 365 days.',
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

    // The rest.
    unreachable: (it: string) =>
      `The server ${it} cannot be reached. Everything on this device is safe; please try again later.`,
    message_kept: (it: string) =>
      `The server cannot be reached. The message to ${it} is kept and goes out with the next run.`,
    message_kept_disk_full: (it: string) =>
      `There is no space left on the disk with this profile. The message to ${it} is kept and goes out with the next ` +
      'run for which there is space.',
    profile_busy: () => 'Another veche has this profile and does not answer. Please end it, then try again.',
    profile_held: () =>
      'Another veche has this profile open: this screen in another window, or listen. End it there, then start again.',
    profile_damaged: () =>
      'The files of this profile are damaged. They are left as they are; please keep a copy of the folder and ' +
      'report it.',
    disk_full: () =>
      'There is no space left on the disk with this profile. What was stored is untouched; free some space, then ' +
      'try again.',
    profile_unusable: (it: string) => `The folder of the profile cannot be used: ${it}.`,
    timeout: (it: string) => `The time ended; came: ${it}.`,
    interrupted: () => 'Interrupted.',
    internal: (it: string) =>
      `Something went wrong in veche itself (${it}). What this device had is safe; please report it.`,
  },

  /** A reason that this version does not know yet. */
  otherRefusal: (reason: string) => `The server refused: ${reason}.`,
}

export type Words = typeof en
/** A failure that has words of its own. */
export type Reason = keyof Words['failures']
