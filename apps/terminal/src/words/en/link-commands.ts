export const linkCommands = {
  link: {
    summary: 'invite links into groups: make one, see them, take one back',
    details:
      'Whoever has the link can join: give it only to those who may. What was written before they joined they read only by a ' +
      'link that was made with --history. ' +
      'An invite to the server itself: veche admin invite create',
    examples: ['veche invite create "Garden"', 'veche invite list "Garden"'],
  },
  linkCreate: {
    summary: 'make an invite link into a group',
    details:
      'It is shown this once, also as a code to scan. Who comes by it is a member at once, or has the role that veche group ' +
      'right says for joiner-role. With --approve they ask instead, and whoever may add people answers: veche requests. With ' +
      '--role alone nobody is asked: the first device that may give the role lets them in once it is connected. Links that ' +
      'nobody can join by any more end on the way. With --history who comes by it also reads what was written before, as far ' +
      'as this device can and the server keeps it; they come in at once then.',
    examples: [
      'veche invite create "Garden"',
      'veche invite create "Garden" --uses 1 --expires 12h --json',
      'veche invite create "Garden" --approve --role reader',
      'veche invite create "Garden" --history',
    ],
  },
  linkList: {
    summary: 'list the invite links of a group',
    details:
      'Until when each is good, how often it was used, and whether it opens what was written before; not the links themselves.',
    examples: ['veche invite list "Garden"'],
  },
  linkRevoke: {
    summary: 'take an invite link back',
    details: 'From then on nobody joins by it. Who came by it stays in the group.',
    examples: ['veche invite revoke "Garden" mfrggzdfmztwq2lknnwg23tpoa'],
  },
  join: {
    summary: 'join a group by an invite link',
    details:
      'You can write at once, and read what is written from then on; by a link with history, also what was written before. ' +
      'All in the group see that you came by a link. Some links demand that you ask: then the group is in veche chats once ' +
      'you are let in, and until then veche requests shows it. Who has no account on the server yet names one to make ' +
      'on the way: --handle.',
    examples: [
      'veche join "https://veche.example/#join=vi-…"',
      'veche join "https://veche.example/#join=vi-…&code=vr-…" --handle anna --name "Anna"',
    ],
  },
}
