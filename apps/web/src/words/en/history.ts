import { counted } from '../language.ts'

const messages = (count: number) => counted('en', count, { one: 'message', other: 'messages' })

export const history = {
  export: 'Into a file',
  exportTold:
    'All messages that are on this device go into one encrypted file, which another device of yours can read. Nobody reads it without the passphrase, and the passphrase cannot be replaced.',
  passphrase: 'Passphrase for the file',
  exportButton: 'Make the file',
  hardening: 'The passphrase is being hardened. It takes some seconds…',
  written: (count: number) => `In the file so far: ${messages(count)}…`,
  ending: 'Ending…',
  exported: (count: number, chats: number) =>
    `The file is made: ${messages(count)} from ${counted('en', chats, { one: 'chat', other: 'chats' })}. Keep the passphrase: without it nobody reads the file.`,
  damaged: 'Some messages are damaged on this device and are not in the file.',
  save: 'Save the file',
  import: 'From a file',
  importTold:
    'Messages from such a file that this device does not have come into its history. Only a file that a device of your own account has made is taken.',
  file: 'File',
  filePassphrase: 'Passphrase of the file',
  importButton: 'Read the file',
  fileMissing: 'Choose a file.',
  read: (count: number) => `Read so far: ${messages(count)}…`,
  imported: (count: number) => `Added to the history on this device: ${messages(count)}.`,
  importedNothing: 'Everything in the file was on this device already. Nothing has changed.',
  importedTo: (chat: string, count: number) => `${chat}: ${messages(count)}`,
  absent: (chat: string) =>
    `${chat}: this device is not in the chat yet, and took nothing of it. Read the file again once the chat is here.`,
  notKept: (chat: string) => `${chat}: this chat is not kept on this device, and took nothing.`,
  refused: {
    'wrong-passphrase': 'This is not the passphrase of the file. Nothing has changed.',
    damaged: 'The file is damaged, or is none that Veche has made. Nothing has changed.',
    'other-account': 'The file is of another account. Nothing has changed.',
    foreign: 'No device of your account has made this file. Nothing of it was taken.',
  },
}
