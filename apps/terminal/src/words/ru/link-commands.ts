import type * as en from '../en/link-commands.ts'

export const linkCommands: typeof en.linkCommands = {
  link: {
    summary: 'приглашения в группы: создать, посмотреть, отозвать',
    details:
      'В группу войдёт любой, у кого есть ссылка: давайте её только тем, кого там ждут. Написанное раньше они прочтут только ' +
      'по приглашению, созданному с --history. ' +
      'Приглашение на сам сервер: veche admin invite create',
    examples: ['veche invite create "Огород"', 'veche invite list "Огород"'],
  },
  linkCreate: {
    summary: 'создать ссылку-приглашение в группу',
    details:
      'Она показывается один раз, и кодом, который можно считать, тоже. Пришедший по ней сразу участник; другую роль задаёт ' +
      'veche group right: joiner-role. Приглашения, по которым уже не войти, при этом убираются. С --history пришедший прочтёт ' +
      'и написанное раньше: то, что доступно этому устройству и хранится на сервере.',
    examples: [
      'veche invite create "Огород"',
      'veche invite create "Огород" --uses 1 --expires 12h --json',
      'veche invite create "Огород" --history',
    ],
  },
  linkList: {
    summary: 'показать приглашения в группу',
    details:
      'До какого времени каждое действует, сколько человек по нему пришли и открывает ли оно прежние сообщения; самих ' +
      'ссылок здесь нет.',
    examples: ['veche invite list "Огород"'],
  },
  linkRevoke: {
    summary: 'отозвать приглашение',
    details: 'По нему больше никто не войдёт. Те, кто уже пришёл, остаются в группе.',
    examples: ['veche invite revoke "Огород" mfrggzdfmztwq2lknnwg23tpoa'],
  },
  join: {
    summary: 'войти в группу по приглашению',
    details:
      'Писать можно сразу, читать — то, что напишут с этого времени; по приглашению с историей — и написанное раньше. Все в ' +
      'группе увидят, что вы пришли по приглашению. У кого ' +
      'ещё нет аккаунта на сервере, даёт ссылку команде veche register --invite.',
    examples: ['veche join "https://veche.example/#join=vi-…"'],
  },
}
