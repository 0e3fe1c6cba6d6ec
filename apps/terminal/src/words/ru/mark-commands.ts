import type * as en from '../en/mark-commands.ts'

export const markCommands: typeof en.markCommands = {
  read: {
    summary: 'считать чат прочитанным, на всех ваших устройствах',
    details:
      'До самого нового сообщения, какое есть на этом устройстве. Другие об этом узнают, если veche tell read не off.',
    examples: ['veche read @bob'],
  },
  mute: {
    summary: 'заглушить чат, на всех ваших устройствах',
    details:
      'Насовсем, если --for не говорит, на сколько. Сообщения приходят как обычно, но ничто о них не зовёт.',
    examples: ['veche mute "Огород" --for 8h', 'veche mute "Огород" --off'],
  },
  pin: {
    summary: 'закрепить чат вверху списка, на всех ваших устройствах',
    details: '',
    examples: ['veche pin @bob', 'veche pin @bob --off'],
  },
  readers: {
    summary: 'показать, кто прочитал ваше сообщение',
    details: 'Из тех, кто позволяет это видеть. last — ваше последнее сообщение.',
    examples: ['veche readers "Огород" last', 'veche readers "Огород" 41 --json'],
  },
  tell: {
    summary: 'показать или задать, что о вас видят другие: read, typing',
    details:
      'read — докуда вы прочитали; typing — что вы пишете. Оба включены. Кто выключил, тот не видит этого и у других. ' +
      'Действует на этом устройстве; в группах больше 100 человек не видно ни того, ни другого.',
    examples: ['veche tell', 'veche tell read off', 'veche tell typing on'],
  },
}

export const markSays: typeof en.markSays = {
  isRead: (chat) => `${chat}: прочитано.`,
  muted: (chat) => `Чат заглушён: ${chat}.`,
  mutedUntil: (chat, until) => `Чат заглушён до ${until}: ${chat}.`,
  notMuted: (chat) => `Чат не заглушён: ${chat}.`,
  pinned: (chat) => `Чат закреплён вверху списка: ${chat}.`,
  notPinned: (chat) => `Чат стоит в списке по последнему сообщению: ${chat}.`,
  readBy: (names) => `Прочитано: ${names}`,
  readByNobody: 'Никто не сообщал, что прочитал.',
  readMarks: {
    on: 'Докуда вы прочитали: другие это видят, и вы видите у них.',
    off: 'Докуда вы прочитали: никто не видит, и вы не видите у других.',
  },
  typing: {
    on: 'Что вы пишете: другие это видят, и вы видите у них.',
    off: 'Что вы пишете: никто не видит, и вы не видите у других.',
  },
  mutedMark: 'заглушён',
  pinnedMark: 'закреплён',
}
