import type * as en from '../en/server-commands.ts'

export const serverCommands: typeof en.serverCommands = {
  admin: { summary: 'управлять сервером', details: '', examples: ['veche admin invite create'] },
  registration: {
    summary: 'показать или задать, кто может создать аккаунт',
    details: 'open — все; invite — у кого есть приглашение; closed — никто.',
    examples: ['veche admin registration', 'veche admin registration open'],
  },
  invite: { summary: 'приглашения', details: '', examples: ['veche admin invite create --uses 10'] },
  create: {
    summary: 'создать приглашение',
    details: '',
    examples: ['veche admin invite create', 'veche admin invite create --uses 30 --expires 14d --json'],
  },
  authority: {
    summary: 'показать, как устройствам местной сети довериться серверу',
    details:
      'С VECHE_TLS=lan у сервера свой удостоверяющий центр: команда показывает, какую страницу открыть, — и QR-кодом, — и какой ' +
      'отпечаток сверить. Выполняется на машине сервера, от имени его пользователя и с его настройками.',
    examples: ['veche admin authority'],
  },
  keys: {
    summary: 'показать ключи, которыми сервер запечатывает данные',
    details:
      'Запускается на машине сервера, от имени его пользователя и с его настройками (VECHE_DATA); профиль не нужен. ' +
      'С --wait: ждать, пока под старыми ключами ничего не останется.',
    examples: ['veche admin keys', 'veche admin keys --wait --json'],
  },
  keysRotate: {
    summary: 'создать новый главный ключ',
    details:
      'Работающий сервер принимает его и без перерыва переводит под него всё; после сбоя продолжает. Старый ключ ' +
      'ещё открывает, пока его не уберут. Прежним копиям данных нужен старый ключ: храните его вместе с ними.',
    examples: ['veche admin keys rotate', 'veche admin keys rotate --data'],
  },
  keysRetire: {
    summary: 'убрать старые главные ключи',
    details: 'Отказывает, пока под ними что-то есть.',
    examples: ['veche admin keys retire'],
  },
  nichatka: {
    summary: 'Ничатка: системы, в которых она работает',
    details: 'Колокольчик и панель сообщений на страницах другой системы. Подробнее: docs/nichatka.ru.md',
    examples: ['veche nichatka host list'],
  },
  nichatkaHost: {
    summary: 'системы, в которых работает Ничатка',
    details:
      'Запускается на машине сервера, от имени его пользователя и с его настройками (VECHE_DATA). Работающий сервер сам ' +
      'принимает каждое изменение.',
    examples: ['veche nichatka host list'],
  },
  hostAdd: {
    summary: 'подключить систему к Ничатке',
    details:
      'Создаёт ключ, которым сервер системы подписывает, кто его пользователи, и показывает его один раз. Система со ' +
      'своей парой ключей (Ed25519) даёт вместо этого открытый ключ.',
    examples: [
      'veche nichatka host add vehno --origin https://tasks.example',
      'veche nichatka host add vehno --origin http://127.0.0.1:8000 --origin http://localhost:8000 --no-get-changes',
    ],
  },
  hostList: {
    summary: 'показать системы, в которых работает Ничатка',
    details: '',
    examples: ['veche nichatka host list'],
  },
  hostRotate: {
    summary: 'дать системе другой ключ',
    details: 'Старый ключ сразу перестаёт действовать: сервер системы должен быть готов принять новый.',
    examples: ['veche nichatka host rotate vehno'],
  },
  hostRemove: {
    summary: 'отключить систему от Ничатки',
    details:
      'Её ключ забывается. Написанное остаётся в базе данных и снова будет доступно системе с тем же названием.',
    examples: ['veche nichatka host remove vehno --yes'],
  },
  serve: {
    summary: 'запустить сервер',
    details: 'Работает до Ctrl-C. Всё нужное лежит в его папке данных.',
    examples: [
      'veche serve',
      'VECHE_PORT=8080 VECHE_DATA=/srv/veche veche serve',
      'veche serve --services nichatka',
    ],
  },
  services: {
    summary: 'показать службы сервера и что каждой нужно',
    details: '',
    examples: ['veche services'],
  },
}
