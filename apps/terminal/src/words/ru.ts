/** Всё, что говорит `veche`, по-русски; ключи те же, что в en.ts. На «вы», без жаргона и восклицаний. */
import type { Words } from './en.ts'
import { counted } from './language.ts'

export const ru: Words = {
  headings: {
    'Usage:': 'Как вызвать:',
    'Arguments:': 'Аргументы:',
    'Options:': 'Параметры:',
    'Commands:': 'Команды:',
    everywhere: 'Параметры всех команд:',
    examples: 'Примеры:',
    account: 'Ваш аккаунт:',
    talking: 'Общение:',
    server: 'Сервер:',
    exitCodes: 'Коды завершения:',
    settings: 'Настройки: переменные окружения или строки veche.toml (VECHE_PORT там port):',
  },

  program: {
    summary: 'Вече: свой мессенджер с шифрованием от отправителя до получателя.',
    exitCodes: [
      [0, 'сделано'],
      [1, 'внутренняя ошибка'],
      [2, 'команда вызвана неверно'],
      [3, 'отказано; причина названа'],
      [4, 'нет связи с сервером; сообщение сохранено и уйдёт при следующем запуске'],
      [5, 'профиль занят или повреждён'],
      [6, 'listen: время вышло раньше, чем пришло столько, сколько ждали'],
      [130, 'прервано'],
    ],
    more: 'Подробнее о команде: veche КОМАНДА --help',
  },

  commands: {
    register: {
      summary: 'создать аккаунт на сервере',
      details:
        'Создаёт ваш аккаунт; его ключи хранятся в профиле на этом устройстве. Слова восстановления показываются один раз.',
      examples: [
        'veche register --server http://127.0.0.1:8480 --handle alice --name "Алиса" --invite vr-…',
        'veche register --invite "https://veche.example/#code=vr-…" --handle alice --password-file password.txt',
      ],
    },
    login: {
      summary: 'войти с ещё одного устройства',
      details: 'Пока у аккаунта одно устройство: во втором будет отказано, первое продолжит работать.',
      examples: ['veche login --server https://veche.example --handle alice'],
    },
    whoami: { summary: 'показать аккаунт этого профиля', details: '', examples: ['veche whoami --json'] },
    devices: { summary: 'показать ваши устройства', details: '', examples: ['veche devices'] },
    policy: {
      summary: 'показать или задать, кто может вам написать',
      details:
        'forbidden — никто новый; confirm — сначала спросить вас; allowed — все. Тех, с кем вы уже общаетесь, это не касается.',
      examples: ['veche policy', 'veche policy forbidden'],
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
    contacts: {
      summary: 'показать людей из ваших личных чатов',
      details: '',
      examples: ['veche contacts'],
    },
    chats: { summary: 'показать ваши чаты', details: '', examples: ['veche chats --json'] },
    send: {
      summary: 'отправить сообщение',
      details:
        'Завершается, когда сообщение принято сервером. Если связи нет, сообщение сохраняется и уходит при ' +
        'следующем запуске. Текст «-» означает стандартный ввод; текст, который начинается с «-», пишется после «--».',
      examples: ['veche send @bob "Рассада готова"', 'veche send @bob - < письмо.txt'],
    },
    listen: {
      summary: 'показывать то, что приходит',
      details: 'До Ctrl-C или сколько скажут --count и --timeout. Сначала идёт пропущенное.',
      examples: ['veche listen', 'veche listen --count 1 --timeout 30 --json'],
    },
    history: {
      summary: 'показать сообщения чата',
      details: '',
      examples: ['veche history @bob', 'veche history @bob --limit 500 --json'],
    },
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
    serve: {
      summary: 'запустить сервер',
      details: 'Работает до Ctrl-C. Всё нужное лежит в его папке данных.',
      examples: ['veche serve', 'VECHE_PORT=8080 VECHE_DATA=/srv/veche veche serve'],
    },
    services: {
      summary: 'показать службы сервера и что каждой нужно',
      details: '',
      examples: ['veche services'],
    },
  },

  arguments: {
    handle: 'имя вида @bob',
    policy: 'forbidden, confirm или allowed; без него — показать',
    requestId: 'номер запроса или имя (@…) того, кто просит',
    chat: '@имя или номер чата',
    text: 'сообщение; «-» читает стандартный ввод',
    registration: 'open, invite или closed; без него — показать',
  },

  options: {
    profile: 'папка профиля: ключи и сообщения одного аккаунта на этом устройстве (VECHE_PROFILE)',
    server: 'адрес сервера; после создания аккаунта профиль его знает',
    json: 'по одному объекту JSON в строке, в том числе для ошибок',
    help: 'показать эту справку',
    version: 'показать версию',
    handle: 'ваше имя (@…): от 3 до 32 знаков из a-z 0-9 _ . -',
    name: 'отображаемое имя, его видят другие; без него — имя (@…)',
    passwordFile: 'файл с паролем в первой строке; без него пароль спросят',
    invite: 'приглашение или код из него',
    sendTimeout: 'сколько ждать сервер, например 30s (обычно 15s)',
    count: 'закончить после стольких сообщений и запросов',
    timeout: 'закончить через это время, например 30s или 10m',
    limit: 'не больше стольких последних (обычно 50)',
    uses: 'сколько аккаунтов можно создать (обычно 1)',
    expires: 'сколько действует, например 12h или 30d (обычно 7d)',
  },

  settings: {
    VECHE_LISTEN:
      'Адрес, на котором сервер слушает. Не петлевой — только если VECHE_BEHIND_PROXY говорит, что TLS даёт прокси.',
    VECHE_PORT: 'Порт; 0 — выберет система.',
    VECHE_DATA: 'Папка всего, что хранит сервер; создаётся, если её нет.',
    VECHE_URL: 'Что стоит в ссылках: адрес, по которому сервер видят люди. Без него — где он слушает.',
    DATABASE_URL:
      'Ваш PostgreSQL (16 или новее), postgresql://user:password@host/database. Без него — встроенный.',
    VECHE_MASTER_KEY_FILE:
      'Ключ, которым запечатано хранимое. Без него — keys/master.key в папке данных; создаётся, если его нет.',
    VECHE_BEHIND_PROXY:
      'TLS даёт ваш прокси, он пишет X-Forwarded-For, и больше никто этого порта не достигает.',
    VECHE_ACCOUNT_RATE:
      'Сколько вызовов в секунду у одного аккаунта; разом — за пять секунд. 0 — без предела.',
    VECHE_ADDRESS_RATE:
      'Сколько вызовов в секунду с одного адреса до входа; разом — за тридцать секунд. 0 — без предела.',
    VECHE_LOG: 'Начиная с какого уровня журнал пишется в поток ошибок, строками JSON.',
    VECHE_REGISTRATION: 'Кто может создать аккаунт, пока администратор не решит иначе.',
  },

  default: (value: string) => `обычно ${value}`,

  prompts: {
    password: 'Пароль: ',
    passwordAgain: 'Тот же пароль ещё раз: ',
  },

  labels: {
    account: 'аккаунт',
    handle: 'имя',
    name: 'отображаемое имя',
    device: 'устройство',
    server: 'сервер',
    you: 'Вы',
    thisDevice: 'это устройство',
    waiting: 'ждёт',
    incoming: 'К вам:',
    outgoing: 'Ваши:',
    link: 'приглашение',
    code: 'код',
    expires: 'действует до',
  },

  policies: { forbidden: 'никто новый', confirm: 'спросить меня', allowed: 'все' },
  registrations: { open: 'все', invite: 'у кого есть приглашение', closed: 'никто' },
  statuses: {
    open: 'открыт',
    pending: 'ждёт ответа',
    refused: 'отказано',
  },

  says: {
    registered: (handle) => `Ваш аккаунт @${handle} готов.`,
    recovery:
      'Лист восстановления. Запишите эти слова и храните отдельно от устройства: с ними, и только с ними, вы\n' +
      'вернёте аккаунт, если забудете пароль. Они показаны один раз.',
    loggedIn: (handle) => `Вы вошли как @${handle}.`,
    policy: (value) => `Кто может мне написать: ${value}.`,
    registration: (value) => `Кто может создать аккаунт: ${value}.`,
    requestAnswer: {
      open: (handle) => `Личный чат с @${handle} открыт: veche send @${handle} "…"`,
      pending: (handle) =>
        `Запрос к @${handle} отправлен. Чат откроется, когда его разрешат, и появится в veche chats.`,
      refused: (handle) => `@${handle} пока не хочет общаться.`,
    },
    chatOpened: (who) => `Личный чат открыт: ${who}.`,
    allowed: (who) => `Разрешено. ${who} и вы можете писать друг другу.`,
    refused: (who) => `Отказано. ${who} не сможет просить вас снова 30 дней.`,
    wantsToWrite: (who) => `${who} хочет вам написать.`,
    howToAnswer: (id) => `veche requests allow ${id}   ·   veche requests refuse ${id}`,
    noRequests: 'Запросов нет. Попросить о чате: veche request @имя',
    noContacts: 'Здесь будут люди из ваших личных чатов. Попросить о чате: veche request @имя',
    noChats: 'Здесь будут ваши чаты. Попросить о чате: veche request @имя',
    noMessages: 'Здесь будут сообщения этого чата. Написать первое: veche send',
    sent: (to) => `Отправлено: ${to}.`,
    waitingMessages: (count) =>
      `${counted('ru', count, {
        one: 'сообщение ждёт',
        few: 'сообщения ждут',
        many: 'сообщений ждут',
        other: 'сообщения ждут',
      })} связи с сервером`,
    online: (server) => `Есть связь с ${server}. Ctrl-C — закончить.`,
    offline: (server) => `Нет связи с ${server}. Ничего не потеряно; попытки продолжаются.`,
    offlineView: 'Нет связи с сервером: показано то, что уже было на устройстве.',
    enrolledOn: (day) => `с ${day}`,
    seenOn: (day) => `последний раз ${day}`,
    uses: (count) =>
      `на ${counted('ru', count, { one: 'аккаунт', few: 'аккаунта', many: 'аккаунтов', other: 'аккаунта' })}`,
    needs: (what) => `нужно: ${what}`,
    notice: (what) => `Извещение: ${what}`,
    didYouMean: (guess) => `Возможно, ${guess}?`,
    seeHelp: 'Справка: veche --help',
  },

  notices: {
    fork: 'Похоже, сервер показывает разным людям в этом чате разное. Всё, что есть на устройстве, цело. Спросите собеседника другим путём.',
    unreadable: 'Сообщение не прочитать, оно пропущено: повреждено или не от того, за кого себя выдаёт.',
    replayed: 'Сообщение пришло повторно. Второй раз оно не показано.',
    unsupported: 'Пришло сообщение вида, который эта версия не знает. Оно сохранено для более новой.',
    'rolled-back':
      'Профиль возвращён к старому состоянию, поэтому в этот чат он больше не пишет. Прочитать то, что есть, можно.',
    stuck: 'Дальше следить за этим чатом устройство не может. Прочитать то, что есть, можно.',
    removed: 'Вас больше нет в этом чате. То, что есть на устройстве, остаётся.',
    'not-sent': 'Сервер не принимает ваше сообщение. Оно не отправлено.',
    'changed-binding': 'Это имя (@…) теперь у другого человека. Туда ничего не отправляется.',
    'not-joined': 'Сервер предложил чат, который не тот, за какой себя выдаёт. Он отвергнут.',
    damaged:
      'То, что хранится на устройстве об этом чате, повреждено. Сохраните копию профиля и сообщите об этом.',
  },

  failures: {
    unknown_command: (it) => `Команды ${it} нет.`,
    unknown_option: (it) => `Параметра ${it} здесь нет.`,
    missing_argument: (it) => `Не хватает ${it}.`,
    missing_option: (it) => `Не хватает ${it}.`,
    missing_value: (it) => `Для ${it} нужно значение.`,
    too_many_arguments: (it) => `Лишнее: ${it}. Текст с пробелами берут в кавычки.`,
    invalid_value: (it) => `Значение ${it} не подходит.`,
    no_password: () => 'Нет пароля: укажите --password-file или запустите команду в терминале.',
    password_file: (it) => `Файл с паролем ${it} не читается, или его первая строка пуста.`,
    password_mismatch: () => 'Пароли не совпали. Ничего не создано; выполните команду ещё раз.',
    empty_text: () => 'Сообщение пустое. Ничего не отправлено.',
    text_too_long: () => 'Сообщение слишком длинное. Ничего не отправлено; разделите его на части.',
    no_server: () => 'Какой сервер? Укажите --server АДРЕС или --invite с приглашением целиком.',
    invalid_server: (it) => `${it} — не адрес сервера; он выглядит так: https://veche.example`,
    not_registered: () => 'В этом профиле ещё нет аккаунта. Создать: veche register',
    already_registered: (it) =>
      `В этом профиле уже есть аккаунт @${it}. Для другого аккаунта укажите другую папку: --profile ПАПКА`,
    other_server: () => 'Профиль от другого сервера. Для этого укажите другую папку: --profile ПАПКА',

    registration_closed: () => 'Сервер сейчас не принимает новые аккаунты. Спросите того, кто его ведёт.',
    code_invalid: () =>
      'Сервер просит приглашение, а это неизвестно, использовано или устарело. Попросите новое; ваше имя не занято.',
    handle_invalid: () =>
      'Имя (@…) — от 3 до 32 знаков из a-z 0-9 _ . -, первый и последний — буква или цифра.',
    handle_taken: () => 'Это имя (@…) занято или слишком похоже на занятое. Выберите другое.',
    name_invalid: () => 'В отображаемом имени от 1 до 64 знаков, без управляющих. Выберите другое.',
    own_handle: () => 'Это ваше собственное имя.',
    login_failed: () => 'Имя (@…) или пароль неверны.',
    device_limit: () =>
      'У этого аккаунта уже есть устройство, второе пока невозможно. Ничего не изменилось: первое продолжает работать.',
    proof_invalid: () =>
      'Сервер не принимает это устройство. Ваши сообщения здесь целы; спросите того, кто ведёт сервер.',
    not_administrator: () => 'Это может только администратор сервера.',
    not_allowed: () => 'В этом чате вам это не разрешено.',
    invite_invalid: () => 'Приглашение — на 1–10 000 аккаунтов и не дольше чем на 365 дней.',
    too_many_requests: () => 'Слишком часто. Ничего не потеряно; попробуйте через несколько минут.',
    chat_unknown: (it) => `Чата ${it} у вас нет. Ваши чаты: veche chats`,
    request_unknown: (it) => `Запроса ${it} к вам нет. Все запросы: veche requests`,
    no_key_package: () => 'Сейчас этого человека добавить нельзя. Попробуйте позже.',

    unreachable: (it) => `Нет связи с сервером ${it}. Всё на этом устройстве цело; попробуйте позже.`,
    message_kept: (it) =>
      `Нет связи с сервером. Сообщение для ${it} сохранено и уйдёт при следующем запуске.`,
    profile_busy: () => 'Профиль занят другим veche, и тот не отвечает. Завершите его и попробуйте снова.',
    profile_damaged: () =>
      'Файлы этого профиля повреждены. Они оставлены как есть; сохраните копию папки и сообщите об этом.',
    profile_unusable: (it) => `Папкой профиля нельзя пользоваться: ${it}.`,
    timeout: (it) => `Время вышло; пришло: ${it}.`,
    interrupted: () => 'Прервано.',
    internal: (it) => `Ошибка в самом veche (${it}). То, что было на устройстве, цело; сообщите об этом.`,
  },

  otherRefusal: (reason) => `Сервер отказал: ${reason}.`,
}
