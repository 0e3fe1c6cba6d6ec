import type * as en from '../en/group-commands.ts'

export const groupCommands: typeof en.groupCommands = {
  group: {
    summary: 'группы: создать, кто в них и что кому можно',
    details:
      'Группу называют по её названию или номеру. Остальное — как в личном чате: veche send, history, keep.',
    examples: ['veche group create "Огород"', 'veche group members "Огород"'],
  },
  groupCreate: {
    summary: 'создать группу',
    details:
      'Вы её владелец, и кроме вас в ней никого, пока вы не добавите людей. С --announce пишут только администраторы и вы. ' +
      'С --open её найдёт и в неё войдёт любой на этом сервере, как после veche group open.',
    examples: [
      'veche group create "Огород"',
      'veche group create "Огород" --description "Рассада и инструменты" --json',
      'veche group create "Новости школы" --announce',
      'veche group create "Площадь" --open',
    ],
  },
  groupOpen: {
    summary: 'открыть группу: её найдёт и в неё войдёт любой на этом сервере',
    details:
      'Через veche find, без спроса. С этого времени сервер может прочесть её название и описание, а тот, кто им управляет, — ' +
      'войти, как любой. Доступно тем, кто вправе делать приглашения; об этом узнают все в группе.',
    examples: ['veche group open "Огород"'],
  },
  groupClose: {
    summary: 'закрыть группу: в поиске её больше нет',
    details: 'Войти можно, только если добавят или дадут приглашение. Те, кто уже пришёл, остаются в группе.',
    examples: ['veche group close "Огород"'],
  },
  groupMembers: {
    summary: 'показать людей группы и их роли',
    details:
      'По ролям: владелец, администраторы, участники, которые пишут, и читатели, которые только читают. Ниже — кому ' +
      'вход закрыт.',
    examples: ['veche group members "Огород"', 'veche group members "Огород" --json'],
  },
  groupAdd: {
    summary: 'добавить человека в группу',
    details:
      'Ваши контакты и те, кому могут написать все, окажутся в группе сразу. Остальные получат запрос; когда его ' +
      'разрешат, это устройство добавит их при следующей команде, у которой есть связь с сервером.',
    examples: ['veche group add "Огород" @bob'],
  },
  groupRole: {
    summary: 'дать человеку другую роль в группе',
    details:
      'reader — читатель: только читает; member — участник: и пишет; admin — администратор: ещё меняет роли ниже своей ' +
      'и права; owner — владелец: может всё. Владельцем делает только владелец и назад взять не может: сложить эту роль ' +
      'может лишь тот, кому она дана. Чтобы передать группу, сделайте владельцем другого, затем дайте другую роль себе — ' +
      'для этого нужен --yes.',
    examples: [
      'veche group role "Огород" @bob admin',
      'veche group role "Огород" @bob owner',
      'veche group role "Огород" @alice member --yes',
    ],
  },
  groupRight: {
    summary: 'показать или задать, что можно каждой роли',
    details:
      'Право есть у роли и у всех ролей выше. write — писать; add — добавлять людей; remove — удалять и не пускать тех, у ' +
      'кого роль ниже; rename — менять название и описание; invite — делать приглашения; keep-history — решать, хранит ' +
      'ли сообщения сервер; joiner-role — какая роль у пришедших по приглашению. Роли: reader, member, admin, owner; ' +
      'администраторы меняют права не выше своей роли.',
    examples: [
      'veche group right "Огород"',
      'veche group right "Огород" write admin',
      'veche group right "Огород" add member',
    ],
  },
  groupRemove: {
    summary: 'удалить человека из группы',
    details:
      'Написанного позже этот человек не прочтёт; его можно добавить снова. То, что есть на его устройствах, остаётся.',
    examples: ['veche group remove "Огород" @bob'],
  },
  groupBan: {
    summary: 'удалить человека из группы и больше не пускать',
    details:
      'Как veche group remove; и добавить его снова никто не сможет, пока не выполнить veche group unban',
    examples: ['veche group ban "Огород" @bob'],
  },
  groupUnban: {
    summary: 'снова пускать человека в группу',
    details: 'Сам он этим не добавляется. Кому вход закрыт, показывает veche group members',
    examples: ['veche group unban "Огород" @bob'],
  },
  groupLeave: {
    summary: 'выйти из группы',
    details:
      'Из неё до вас больше ничего не дойдёт, а то, что ждёт отправки, не отправится. То, что есть на этом устройстве, ' +
      'остаётся. Если выходит владелец, а другого нет, группу ведут те, у кого старшая роль.',
    examples: ['veche group leave "Огород"', 'veche group leave "Огород" --yes'],
  },
  groupRename: {
    summary: 'изменить название или описание группы',
    details: 'Что не указано, остаётся. Пустое описание ("") убирает его.',
    examples: [
      'veche group rename "Огород" "Наш огород"',
      'veche group rename "Огород" --description "Рассада и инструменты"',
    ],
  },
}
