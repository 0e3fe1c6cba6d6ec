export const talkingCommands = {
  find: {
    summary: 'find people and open groups',
    details:
      'By handle or name, in Russian or Latin letters, by the beginning and with small mistakes. Shows only people ' +
      'who wish to be found (veche visibility open), and groups that are open to all, each with the link by which ' +
      'anybody joins (veche join). Who knows a handle can ask without it: veche request',
    examples: ['veche find Masha', 'veche find garden', 'veche find petrov --limit 5 --json'],
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
  withdraw: {
    summary: 'take back what you have asked by an invite link',
    details: 'Nobody is shown it any more, and nobody lets you in by it. You may ask again by the same link.',
    examples: ['veche requests withdraw mfrggzdfmztwq2lknnwg23tpoa'],
  },
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
  chats: { summary: 'list your chats', details: '', examples: ['veche chats --json'] },
  send: {
    summary: 'send a message',
    details:
      'Ends once the server has the message. When the server cannot be reached, the message is kept and the ' +
      'next run sends it. The text "-" means standard input; a text that begins with "-" goes after "--".',
    examples: ['veche send @bob "The seedlings are ready"', 'veche send @bob - < letter.txt'],
  },
  reply: {
    summary: 'answer a message',
    details:
      'MESSAGE is a number that veche history --numbers shows, an id that --json shows, or "last": the last message ' +
      'that somebody else wrote. In a group it names who wrote the message, as @bob in a text names Bob.',
    examples: ['veche reply @bob last "At noon"', 'veche reply Garden 42 "I do, with @carol"'],
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
    examples: ['veche history @bob', 'veche history @bob --numbers', 'veche history @bob --limit 500 --json'],
  },
  historyExport: {
    summary: 'write the history of all chats to one encrypted file',
    details:
      'Everything that this device has, under a passphrase that only you know: without it nobody reads the file, and ' +
      'nobody can give it back. Holds no keys: with it nobody reads or writes as you. Asks no server.',
    examples: ['veche history export veche.history', 'veche history export veche.history --force'],
  },
  historyFetch: {
    summary: 'fetch everything that is older than this device',
    details:
      'Older messages come by themselves, the newest first; this fetches all of them at once. Where this device could ' +
      'not open their keys when it signed in, it asks for the password.',
    examples: ['veche history fetch'],
  },
  historyImport: {
    summary: 'add what an exported file has to the history on this device',
    details:
      'Takes a file that a device of your account wrote, and adds the messages that are not here. What is here stays ' +
      'as it is; doing it again changes nothing. A chat that this device is not in yet takes nothing: do it again ' +
      'once it is in veche chats.',
    examples: ['veche history import veche.history'],
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
}
