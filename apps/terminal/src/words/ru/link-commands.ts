import type * as en from '../en/link-commands.ts'

export const linkCommands: typeof en.linkCommands = {
  link: {
    summary: 'приглашения в группы: создать, посмотреть, отозвать',
    details:
      'В группу войдёт любой, у кого есть ссылка: давайте её только тем, кого там ждут. Написанного раньше они не прочтут. ' +
      'Приглашение на сам сервер: veche admin invite create',
    examples: ['veche invite create "Огород"', 'veche invite list "Огород"'],
  },
  linkCreate: {
    summary: 'создать ссылку-приглашение в группу',
    details:
      'Она показывается один раз, и кодом, который можно считать, тоже. Пришедший по ней сразу участник; другую роль задаёт ' +
      'veche group right: joiner-role. Приглашения, по которым уже не войти, при этом убираются.',
    examples: ['veche invite create "Огород"', 'veche invite create "Огород" --uses 1 --expires 12h --json'],
  },
  linkList: {
    summary: 'показать приглашения в группу',
    details: 'До какого времени каждое действует и сколько человек по нему пришли; самих ссылок здесь нет.',
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
      'Писать можно сразу, читать — то, что напишут с этого времени; все в группе увидят, что вы пришли по приглашению. У кого ' +
      'ещё нет аккаунта на сервере, даёт ссылку команде veche register --invite.',
    examples: ['veche join "https://veche.example/#join=vi-…"'],
  },
}
