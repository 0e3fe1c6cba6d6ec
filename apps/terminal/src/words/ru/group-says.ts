import type * as en from '../en/group-says.ts'
import { counted } from '../language.ts'

const named = (name: string) => `«${name}»`
const doneBy = (by: string) => (by === '' ? '' : ` Кто это сделал: ${by}.`)

export const groupSays: typeof en.groupSays = {
  named,
  titled: (name) => `группа ${named(name)}`,
  groups: 'Группы:',
  privateChats: 'Личные чаты:',
  people: (count) =>
    counted('ru', count, { one: 'человек', few: 'человека', many: 'человек', other: 'человека' }),
  created: (name) => `Группа ${named(name)} создана. Добавить людей: veche group add`,
  createdOpen: (name) =>
    `Группа ${named(name)} создана, и её найдёт любой на этом сервере: veche find. Закрыть её: veche group close`,
  opened: (name) =>
    `Группу ${named(name)} теперь найдёт любой на этом сервере и сможет войти. Её название и описание может прочесть сервер.`,
  closed: (name) => `Группы ${named(name)} в поиске больше нет. Те, кто пришёл, остаются.`,
  openGroups: 'Открытые группы и ссылки, по которым войдёт любой:',
  openLink: 'открытая группа: войдёт любой, кто её найдёт',
  banned: 'Кому вход закрыт:',
  added: {
    added: (who, name) => `@${who} теперь в группе ${named(name)}.`,
    pending: (who, name) =>
      `Запрос к @${who} отправлен. Когда его разрешат, это устройство добавит нового участника в группу ${named(name)}.`,
    refused: (who, name) => `@${who} пока не хочет быть в группе ${named(name)}.`,
    member: (who, name) => `@${who} уже в группе ${named(name)}.`,
  },
  roleIs: (who, role, name) => `${who} в группе ${named(name)}: ${role}.`,
  rightsOf: (name) => `Что кому можно в группе ${named(name)}:`,
  atLeast: {
    reader: 'все',
    member: 'участники, администраторы, владелец',
    admin: 'администраторы, владелец',
    owner: 'владелец',
  },
  rights: {
    write: 'писать сообщения',
    invite: 'делать приглашения',
    add: 'добавлять людей',
    remove: 'удалять людей и не пускать',
    rename: 'менять название и описание',
    keepHistory: 'решать, хранит ли сервер',
    joinerRole: 'роль пришедших по приглашению',
  },
  removed: (who, name) => `${who} больше не в группе ${named(name)}.`,
  bannedNow: (who, name) =>
    `${who} больше не в группе ${named(name)}, вход закрыт. Снова пускать: veche group unban`,
  unbanned: (who, name) => `${who}: вход в группу ${named(name)} снова открыт.`,
  left: (name) =>
    `Вы вышли из группы ${named(name)}. То, что есть на этом устройстве, можно прочитать: veche history`,
  renamed: (name) => `Группа называется ${named(name)}.`,
  entered: (name) => `Вы в группе ${named(name)}.`,
  linkMade: (name) =>
    `По этой ссылке любой войдёт в группу ${named(name)}. Она показывается один раз; отозвать: veche invite revoke`,
  approvingLinkMade: (name) =>
    `По этой ссылке можно попроситься в группу ${named(name)}; ответить: veche requests. Она показывается один раз; отозвать: veche invite revoke`,
  linkTerms: (until, uses, maxUses) => `действует до: ${until}; пришли: ${uses} из ${maxUses}`,
  linkReads: { history: 'с историей', later: 'без прежних сообщений' },
  enteredWithHistory: 'Написанное раньше тоже можно прочитать: veche history',
  linkRegisters:
    'У кого ещё нет аккаунта на сервере, создаст его по этой же ссылке; это право до конца срока не отозвать.',
  historyNotKept:
    'На сервере эта группа не хранится, и прочитать пришедшим будет почти нечего: veche keep ЧАТ server on',
  linkApproves: 'сначала просятся',
  linkRole: (role) => `роль: ${role}`,
  askedToJoin: {
    pending:
      'Вы попросились в группу. Она появится в veche chats, когда вас впустят; до тех пор: veche requests',
    refused: 'Пока вас в эту группу не впускают.',
  },
  linksOf: (name) => `Приглашения в группу ${named(name)}:`,
  linkOver: 'по нему уже не войти',
  noLinks: (name) => `Приглашений в группу ${named(name)} нет. Создать: veche invite create`,
  linkGone: (name) => `По этому приглашению в группу ${named(name)} больше никто не войдёт.`,
  wantsToAdd: (who) => `${who} хочет добавить вас в группу.`,
  allowed: (who) =>
    `Разрешено. Группа появится в veche chats, когда вас добавит устройство, с которого звали: ${who}.`,
  wantsToJoin: (who, name) => `${who} просится в группу ${named(name)}.`,
  letIn: (who, name) => `${who} теперь в группе ${named(name)}.`,
  notLetIn: (who, name) => `Отказано. ${who} не сможет снова попроситься в группу ${named(name)} 30 дней.`,
  byLinkTo: (name, link) => `в группу ${named(name)}, по приглашению ${link}`,
  ownJoin: 'В группу, по приглашению',
  joinStates: {
    allowed: 'впускают',
    open: 'в группе',
    pending: 'ждёт ответа',
    refused: 'пока не впускают',
    ended: 'кончено: взято назад, или приглашение больше не действует',
  },
  joinAnswer: {
    allowed: 'Вас впускают в группу, в которую вы попросились по приглашению.',
    open: 'Вы в группе, в которую попросились по приглашению.',
    pending: 'Вы попросились в группу по приглашению.',
    refused: 'В группу, в которую вы попросились по приглашению, вас пока не впускают.',
    ended: 'Вы больше не проситесь в группу: просьбу взяли назад, или приглашение больше не действует.',
  },
  withdrawn: 'Просьба взята назад: по ней вас никто не впустит. По той же ссылке можно попроситься снова.',
  request: 'в группу',
  requestTo: (name) => `в группу ${named(name)}`,
  answer: {
    allowed: 'разрешено, вот-вот в группе',
    open: 'в группе',
    pending: 'ждёт ответа',
    refused: 'пока не хочет быть в группе',
    ended: 'ссылка больше не действует',
  },
  keptOnServer: {
    on: 'Хранится на сервере.',
    off: 'Не хранится на сервере: так решено в группе.',
  },
  news: {
    added: (name, who, by) => `Группа ${named(name)}: теперь в ней ${who}.${doneBy(by)}`,
    joined: (name, who) => `Группа ${named(name)}: теперь в ней ${who}, по приглашению.`,
    removed: (name, who, by) => `Группа ${named(name)}: больше не в ней ${who}.${doneBy(by)}`,
    left: (name, who) => `Группа ${named(name)}: ${who} больше не в ней, по своему желанию.`,
    role: (name, who, role, by) => `Группа ${named(name)}: ${who} — теперь ${role}.${doneBy(by)}`,
    rights: (name, by) => `Группа ${named(name)}: изменилось, что кому можно.${doneBy(by)}`,
    profile: (name, by) => `Группа ${named(name)}: изменено название или описание.${doneBy(by)}`,
    opened: (name, by) =>
      `Группа ${named(name)}: теперь открыта, её найдёт и в неё войдёт любой на этом сервере.${doneBy(by)}`,
    closed: (name, by) => `Группа ${named(name)}: теперь закрыта, в поиске её больше нет.${doneBy(by)}`,
    gone: (name, by) =>
      `Вас больше нет в группе ${named(name)}. То, что есть на этом устройстве, остаётся.${doneBy(by)}`,
  },
}
