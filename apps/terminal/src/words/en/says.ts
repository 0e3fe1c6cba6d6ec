import { counted, ofAll } from '../language.ts'
import { webSays } from './web-says.ts'

export const says = {
  registered: (handle: string) => `Your account @${handle} is ready.`,
  recovery:
    'The recovery sheet. Print it, or write the words down, and keep it away\n' +
    'from this device: with it, and only with it, you get your account back\n' +
    'when the password is lost. Whoever has it has your account: show it to\n' +
    'nobody, whatever they say. It is shown this once.',
  sheetWritten: (file: string) =>
    `The recovery sheet is in ${file}. Print it, keep it away from this device, and delete the file: whoever has it ` +
    'has your account.',
  newSheet: 'This is your recovery sheet from now on. The one before is worth nothing any more: destroy it.',
  recovered: (handle: string) =>
    `You have your account @${handle} back. The password is new, and your other devices are signed out.`,
  recoveredBeside: (handle: string) =>
    `You have your account @${handle} back. The password is new; your other devices stay signed in.`,
  recoveredBefore:
    'An earlier attempt had gone through: your password is the one that you gave then. If you do not know it any ' +
    'more, set another with: veche password --sheet FILE',
  passwordChanged: 'Your password is changed. The old one signs in nowhere any more.',
  sheetUnseen: 'Your recovery sheet was not shown yet: veche recovery-sheet',
  trusted: (server: string, isKnown: boolean) =>
    isKnown
      ? `${server} is trusted already, by this device itself: there was nothing to do.`
      : `This profile trusts the authority of ${server} from now on.`,
  web: webSays,
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
  unblocked: (handle: string) => `Unblocked. @${handle} can ask you for a chat, and write where one is open.`,
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
  noChats:
    'Your chats will be here. Ask somebody with: veche request @handle\nA group: veche group create "Name"',
  noMessages: 'The messages of this chat will be here. Write the first with: veche send',
  nobodyFound:
    'Nobody who wishes to be found is called so, and no open group. Accounts are closed until their owners open them, with ' +
    'veche visibility open.\nWhoever you know the exact handle of can be asked all the same: veche request @handle',
  nothingFound: 'No message on this device contains that.',
  historyExported: (messages: string, file: string) =>
    `Your history on this device is in ${file}: ${messages}. Keep the passphrase: without it nobody reads the file.`,
  historyExportDamaged:
    'Some messages are damaged on this device, and are not in the file. What is damaged, this tells: veche doctor',
  historyImported: (messages: string) => `Added to the history on this device: ${messages}.`,
  historyImportedNothing: 'Everything in the file was on this device already. Nothing has changed.',
  importedToChat: (who: string, messages: string) => `${who}: ${messages}`,
  chatNotHere: (who: string) =>
    `${who}: this device is not in the chat yet, and took nothing of it. Run the command again once the chat is in ` +
    'veche chats.',
  chatNotKept: (who: string) =>
    `${who}: this chat is not kept on this device, and took nothing. To keep it: veche keep CHAT device on`,
  someMessages: (count: number) => counted('en', count, { one: 'message', other: 'messages' }),
  gap: {
    'no-key': (messages: string) =>
      `— cannot be read here: ${messages}; the keys of that time were not in your account’s backup at sign-in —`,
    'not-given': (messages: string) =>
      `— cannot be read: ${messages}; the link that you came by did not have the keys of that time —`,
    invalid: (messages: string) => `— left out: ${messages}, damaged or of a false sender —`,
    removed: (messages: string) => `— gone from the server: ${messages}; this chat was not kept there —`,
  },
  keysMissing:
    'Some older messages cannot be read on this device: their keys were not fetched when you signed in. To fetch them with ' +
    'your password: veche history fetch',
  archiveProgress: (read: number, total: number) => `History: ${ofAll('en', read, total)}`,
  archiveDone: 'Everything older that can be had is on this device.',
  archiveStopped: (read: number, total: number) =>
    `The server did not give all of it: ${ofAll('en', read, total)}. The rest comes once it does.`,
  archiveMissing: (messages: string) =>
    `Cannot be read here: ${messages}. Where they stood, veche history says why.`,
  historyProgress: (messages: string) => `So far: ${messages}…`,
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
  youAreNamed: 'you are named',
  answers: (who: string, text: string) => `in answer to “${text}” (${who})`,
  answersYou: (text: string) => `in answer to your “${text}”`,
  answersUnknown: 'in answer to a message that is not on this device',
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
  devices: {
    enrolledOn: (day: string) => `since ${day}`,
    seenOn: (day: string) => `last seen ${day}`,
    silent: 'silent for 90 days: signed out',
    notCertified: 'not certified by your account; it gets none of your messages',
    removed: (device: string) =>
      `The device ${device} is signed out. Nothing written from now on reaches it; what it had before stays on it.`,
    named: (device: string) => `On this device it is called ${device} now.`,
    linkingCode: (code: string, server: string) =>
      `Type this on the new device, within five minutes. Whoever asks you for it wants your account:\n\nveche login --server ${server} --link ${code}`,
    linkingWaits: 'Waiting for the new device. Ctrl-C ends it.',
    compareDigits: (digits: string) => `${digits}\nThe new device has to show these six digits.`,
    linked: 'The new device is let in. Your chats come to it by themselves.',
    showsDigits: (digits: string) =>
      `${digits}\nThe other device shows six digits, too. Where they are these, say yes there.`,
    news: {
      added: (device: string, id: string) =>
        `A new device has signed in to your account: ${device}. If that was not you: veche device remove ${id}, then veche password`,
      removed: (device: string, _id: string) => `A device of your account was removed: ${device}.`,
      uncertified: (device: string, _id: string) =>
        `The server says that ${device} is a device of yours, but your account has not certified it. It gets none of your ` +
        'messages. Somebody may have broken into the server: tell who runs it.',
      silent: (device: string, id: string) =>
        `Your device ${device} was not connected for 90 days, so the server has signed it out. To put it out of your chats, ` +
        `too: veche device remove ${id}`,
    },
  },
  uses: (count: number) => `good for ${counted('en', count, { one: 'account', other: 'accounts' })}`,
  needs: (what: string) => `needs ${what}`,
  didYouMean: (guess: string) => `Did you mean ${guess}?`,
  seeHelp: 'See: veche --help',
}
