import type * as en from '../en/talking-commands.ts'

export const talkingCommands: typeof en.talkingCommands = {
  find: {
    summary: 'найти людей и открытые группы',
    details:
      'По имени (@…) или отображаемому имени, русскими или латинскими буквами, по началу и с мелкими ошибками. ' +
      'Видны только те, кто не против (veche visibility open), и группы, открытые для всех: у каждой ссылка, по которой ' +
      'войдёт любой (veche join). Кто знает имя (@…), может попросить и без поиска: ' +
      'veche request',
    examples: ['veche find Маша', 'veche find огород', 'veche find петров --limit 5 --json'],
  },
  request: {
    summary: 'попросить о личном чате',
    details: '',
    examples: ['veche request @bob'],
  },
  requests: {
    summary: 'показать запросы: к вам и ваши',
    details: 'На запрос отвечают по его номеру или по имени (@…) того, кто просит.',
    examples: ['veche requests', 'veche requests allow @alice'],
  },
  allow: { summary: 'разрешить запрос', details: '', examples: ['veche requests allow @alice'] },
  refuse: { summary: 'отказать в запросе', details: '', examples: ['veche requests refuse @alice'] },
  withdraw: {
    summary: 'взять назад просьбу впустить в группу',
    details:
      'Её больше никому не показывают, и по ней никто не впустит. По той же ссылке можно попроситься снова.',
    examples: ['veche requests withdraw mfrggzdfmztwq2lknnwg23tpoa'],
  },
  block: {
    summary: 'не получать запросов и сообщений от человека',
    details:
      'Запросы этого человека ждут без конца, и об этом ему не говорят. В открытом чате никто из вас двоих не может ' +
      'писать, пока вы не разблокируете; написанное раньше остаётся. Годится любое имя (@…).',
    examples: ['veche block @bob'],
  },
  unblock: {
    summary: 'снова получать запросы и сообщения от человека',
    details: 'Что вы оба писали тем временем, не отправлено; свою часть отправит veche resend.',
    examples: ['veche unblock @bob'],
  },
  blocked: { summary: 'показать, кого вы блокируете', details: '', examples: ['veche blocked'] },
  contacts: {
    summary: 'показать людей из ваших личных чатов',
    details: '',
    examples: ['veche contacts'],
  },
  verify: {
    summary: 'сверить код безопасности с контактом',
    details:
      'Сверьте его при встрече или по телефону: если у обоих те же цифры, между вами никого нет. Тогда --confirm ' +
      'отметит на этом устройстве, что контакт проверен. Если имя (@…) принадлежит уже другому аккаунту, тому ' +
      'ничего не отправляется, пока вы не примете его с --accept; номер чата вместо имени возвращает к аккаунту ' +
      'этого чата. Рядом быстрее по коду: один показывает его с --qr, другой считывает любой программой и передаёт ' +
      'прочитанное в --scan; потом наоборот.',
    examples: [
      'veche verify @bob --qr',
      'veche verify @bob --scan VECHE-VERIFICATION:1:…',
      'veche verify @bob',
      'veche verify @bob --confirm',
      'veche verify @bob --revoke',
      'veche verify @bob --accept',
    ],
  },
  chats: { summary: 'показать ваши чаты', details: '', examples: ['veche chats --json'] },
  send: {
    summary: 'отправить сообщение',
    details:
      'Завершается, когда сообщение принято сервером. Если связи нет, сообщение сохраняется и уходит при ' +
      'следующем запуске. Текст «-» означает стандартный ввод; текст, который начинается с «-», пишется после «--».',
    examples: ['veche send @bob "Рассада готова"', 'veche send @bob - < письмо.txt'],
  },
  reply: {
    summary: 'ответить на сообщение',
    details:
      'MESSAGE — номер, который показывает veche history --numbers, код из --json или «last»: последнее сообщение ' +
      'другого человека. В группе ответ упоминает того, кто написал сообщение, как @bob в тексте упоминает Боба.',
    examples: ['veche reply @bob last "В полдень"', 'veche reply Огород 42 "Я, вместе с @carol"'],
  },
  resend: {
    summary: 'отправить ещё раз то, что не отправлено',
    details:
      'Что другой человек не принял или что вы написали тому, кого блокируете, хранится на этом устройстве с ' +
      'пометкой «не отправлено». Эта команда отправляет всё такое в чате ещё раз, по порядку.',
    examples: ['veche resend @bob'],
  },
  listen: {
    summary: 'показывать то, что приходит',
    details: 'До Ctrl-C или сколько скажут --count и --timeout. Сначала идёт пропущенное.',
    examples: ['veche listen', 'veche listen --count 1 --timeout 30 --json'],
  },
  history: {
    summary: 'показать сообщения чата',
    details: '',
    examples: ['veche history @bob', 'veche history @bob --numbers', 'veche history @bob --limit 500 --json'],
  },
  historyExport: {
    summary: 'записать историю всех чатов в один зашифрованный файл',
    details:
      'Всё, что есть на этом устройстве, под парольной фразой, которую знаете только вы: без неё файл никто не ' +
      'прочтёт, и вернуть её никто не сможет. Ключей в нём нет: с ним никто не сможет читать и писать от вашего ' +
      'имени. Сервер не нужен.',
    examples: ['veche history export veche.history', 'veche history export veche.history --force'],
  },
  historyFetch: {
    summary: 'получить всё, что старше этого устройства',
    details:
      'Прежние сообщения приходят сами, начиная с новых; эта команда получает сразу все. Если при входе ключи к ним ' +
      'открыть не удалось, она спросит пароль.',
    examples: ['veche history fetch'],
  },
  historyImport: {
    summary: 'добавить из такого файла то, чего нет в истории на этом устройстве',
    details:
      'Берёт файл, который записало устройство вашего аккаунта, и добавляет сообщения, которых здесь нет. Что есть, ' +
      'остаётся как было; повторный запуск ничего не меняет. Чат, в котором этого устройства ещё нет, ничего не ' +
      'получает: повторите, когда он появится в veche chats.',
    examples: ['veche history import veche.history'],
  },
  keep: {
    summary: 'показать или задать, где хранится чат',
    details:
      'На сервере чат хранится, только пока его там храните вы оба; на этом устройстве решаете только вы. Что не ' +
      'хранится, стирается: на сервере — когда сообщение есть у всех устройств чата, на этом устройстве — когда ' +
      'его показали. Вернуть стёртое нельзя; новое снова можно хранить.',
    examples: ['veche keep @bob', 'veche keep @bob server off --yes', 'veche keep @bob device on'],
  },
  search: {
    summary: 'искать в сообщениях на этом устройстве',
    details:
      'Во всех чатах, сначала новые; большие и малые буквы, «ё» и «е» не различаются. Сервер не нужен и ни о чём не узнаёт.',
    examples: ['veche search рассада', 'veche search "в пять" --limit 5 --json'],
  },
}
