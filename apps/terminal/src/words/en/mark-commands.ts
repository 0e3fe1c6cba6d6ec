export const markCommands = {
  read: {
    summary: 'count a chat as read, on all your devices',
    details:
      'Up to the newest message that this device has. The others learn of it unless veche tell read is off.',
    examples: ['veche read @bob'],
  },
  mute: {
    summary: 'mute a chat, on all your devices',
    details:
      'For good, unless --for says how long. Messages come as before, and nothing about them calls for you.',
    examples: ['veche mute "Garden" --for 8h', 'veche mute "Garden" --off'],
  },
  pin: {
    summary: 'put a chat first in the list, on all your devices',
    details: '',
    examples: ['veche pin @bob', 'veche pin @bob --off'],
  },
  readers: {
    summary: 'show who has read a message of yours',
    details: 'Of those who let others see it. last is your last message.',
    examples: ['veche readers "Garden" last', 'veche readers "Garden" 41 --json'],
  },
  tell: {
    summary: 'show or set what others see of you: read, typing',
    details:
      'read: how far you have read; typing: that you are writing. Both are on. Who switches one off does not see it of ' +
      'others either. It counts on this device; groups of more than 100 see neither.',
    examples: ['veche tell', 'veche tell read off', 'veche tell typing on'],
  },
}

export const markSays = {
  isRead: (chat: string) => `${chat}: read.`,
  muted: (chat: string) => `${chat} is muted.`,
  mutedUntil: (chat: string, until: string) => `${chat} is muted until ${until}.`,
  notMuted: (chat: string) => `${chat} is not muted.`,
  pinned: (chat: string) => `${chat} stands first in the list.`,
  notPinned: (chat: string) => `${chat} stands in the list by its last message.`,
  readBy: (names: string) => `Read by: ${names}`,
  readByNobody: 'Nobody has told that they have read it.',
  readMarks: {
    on: 'How far you have read: others see it, and you see theirs.',
    off: 'How far you have read: nobody sees it, and you do not see theirs.',
  },
  typing: {
    on: 'That you are writing: others see it, and you see theirs.',
    off: 'That you are writing: nobody sees it, and you do not see theirs.',
  },
  /** In the list of chats. */
  mutedMark: 'muted',
  pinnedMark: 'pinned',
}
