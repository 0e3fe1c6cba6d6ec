import type * as en from '../en/labels.ts'

export const labels: typeof en.labels = {
  account: 'аккаунт',
  handle: 'имя',
  name: 'отображаемое имя',
  device: 'устройство',
  server: 'сервер',
  you: 'Вы',
  thisDevice: 'это устройство',
  waiting: 'ждёт',
  'not-sent': 'не отправлено',
  verified: 'проверен',
  claimed: 'другой аккаунт, не принят',
  unbound: (chat) => `прежний аккаунт, ${chat}`,
  leftGroup: 'вас в ней больше нет',
  incoming: 'К вам:',
  outgoing: 'Ваши:',
  link: 'приглашение',
  code: 'код',
  expires: 'действует до',
}

export const health: typeof en.health = { ok: 'в порядке', look: 'взгляните', broken: 'сломано' }

export const policies: typeof en.policies = {
  forbidden: 'никто новый',
  confirm: 'спросить меня',
  allowed: 'все',
}

export const registrations: typeof en.registrations = {
  open: 'все',
  invite: 'у кого есть приглашение',
  closed: 'никто',
}

export const roles: typeof en.roles = {
  owner: 'владелец',
  admin: 'администратор',
  member: 'участник',
  reader: 'читатель',
}

export const statuses: typeof en.statuses = {
  open: 'открыт',
  allowed: 'разрешено, вот-вот откроется',
  pending: 'ждёт ответа',
  refused: 'отказано',
  ended: 'ссылка больше не действует',
}
