export const groupCommands = {
  group: {
    summary: 'groups: make one, who is in it, what they may do',
    details:
      'A group is named by its name or its id. Everything else works as in a private chat: veche send, history, keep.',
    examples: ['veche group create "Garden"', 'veche group members "Garden"'],
  },
  groupCreate: {
    summary: 'make a group',
    details:
      'You are its owner, and alone in it until you add people. --announce: only admins and you write. --open: everybody ' +
      'on the server finds it and joins, as by veche group open.',
    examples: [
      'veche group create "Garden"',
      'veche group create "Garden" --description "Seedlings and tools" --json',
      'veche group create "School news" --announce',
      'veche group create "Town square" --open',
    ],
  },
  groupOpen: {
    summary: 'let everybody on the server find a group and join it',
    details:
      'By veche find, without being asked. The server can read its name and description from then on, and whoever runs it ' +
      'could join as anybody can. For those who may make invite links; all in the group are told.',
    examples: ['veche group open "Garden"'],
  },
  groupClose: {
    summary: 'let nobody find a group any more',
    details:
      'From then on nobody joins without being added or given a link. Who has come stays in the group.',
    examples: ['veche group close "Garden"'],
  },
  groupMembers: {
    summary: 'list the people of a group and their roles',
    details:
      'By role: the owner, admins, members, who write; readers, who only read. Whoever is banned stands below.',
    examples: ['veche group members "Garden"', 'veche group members "Garden" --json'],
  },
  groupAdd: {
    summary: 'add somebody to a group',
    details:
      'Your contacts, and who lets anyone write to them, are in at once. All others are asked; once they allow it, this ' +
      'device adds them with the next command that reaches the server.',
    examples: ['veche group add "Garden" @bob'],
  },
  groupRole: {
    summary: 'give somebody another role in a group',
    details:
      'reader: reads; member: writes too; admin: may also change roles below their own, and rights; owner: everything. ' +
      'Only an owner makes another owner, and cannot take it back: only they themselves can lay it down. To hand a group ' +
      'over, make the other person owner, then give yourself another role, which asks for --yes.',
    examples: [
      'veche group role "Garden" @bob admin',
      'veche group role "Garden" @bob owner',
      'veche group role "Garden" @alice member --yes',
    ],
  },
  groupRight: {
    summary: 'show or set what each role may do in a group',
    details:
      'A right belongs to a role and those above it. write: write messages; add: add people; remove: remove and ban ' +
      'people of lower roles; rename: change name and description; invite: make links; keep-history: say whether the ' +
      'server keeps the messages; joiner-role: which role people get who come by a link. The roles are reader, member, ' +
      'admin, owner; admins change rights up to their own role.',
    examples: [
      'veche group right "Garden"',
      'veche group right "Garden" write admin',
      'veche group right "Garden" add member',
    ],
  },
  groupRemove: {
    summary: 'remove somebody from a group',
    details:
      'They read nothing that comes later, and can be added again. What their devices have stays there.',
    examples: ['veche group remove "Garden" @bob'],
  },
  groupBan: {
    summary: 'remove somebody from a group, and keep them out',
    details: 'As veche group remove; nobody can add them again until: veche group unban',
    examples: ['veche group ban "Garden" @bob'],
  },
  groupUnban: {
    summary: 'let somebody be added to a group again',
    details: 'They are not added by this. Whoever is banned is listed by: veche group members',
    examples: ['veche group unban "Garden" @bob'],
  },
  groupLeave: {
    summary: 'leave a group',
    details:
      'Nothing more of it reaches you, and what waits to be sent is not sent. What this device has of it stays. When an ' +
      'owner leaves and there is no other, those with the highest role lead the group.',
    examples: ['veche group leave "Garden"', 'veche group leave "Garden" --yes'],
  },
  groupRename: {
    summary: 'change the name or description of a group',
    details: 'What is not given stays. An empty description ("") takes it away.',
    examples: [
      'veche group rename "Garden" "Our garden"',
      'veche group rename "Garden" --description "Seedlings and tools"',
    ],
  },
}
