import type * as en from '../en/account-commands.ts'

export const accountCommands: typeof en.accountCommands = {
  register: {
    summary: 'создать аккаунт на сервере',
    details:
      'Создаёт ваш аккаунт; его ключи хранятся в профиле на этом устройстве. Лист восстановления показывается один раз ' +
      'или записывается в файл, названный в --sheet.',
    examples: [
      'veche register --server http://127.0.0.1:8480 --handle alice --name "Алиса" --invite vr-…',
      'veche register --invite "https://veche.example/#code=vr-…" --handle alice --password-file password.txt',
    ],
  },
  login: {
    summary: 'войти на этом устройстве',
    details:
      'Остальные ваши устройства остаются, всего их может быть 16; с --replace это займёт место их всех. Чаты ' +
      'появятся, как только подключится одно из ваших устройств или собеседники.',
    examples: [
      'veche login --server https://veche.example --handle alice',
      'veche login --server https://veche.example --handle alice --replace',
      'veche login --server https://veche.example --link veche-linking:…',
    ],
  },
  trust: {
    summary: 'довериться серверу местной сети',
    details:
      'Такой сервер подтверждает себя сам (VECHE_TLS=lan). Команда показывает отпечаток его удостоверяющего центра, который надо сверить с тем, что там показывает «veche admin authority»; после этого профиль ему доверяет. Ссылка-приглашение с отпечатком делает то же сама.',
    examples: ['veche trust https://veche.local:8480'],
  },
  'verify-web': {
    summary: 'проверить, что веб-приложение сервера не изменено',
    details:
      'Запрашивает каждый файл от имени разных посетителей и сравнивает каждый байт и каждый заголовок с тем, что собрано из ' +
      'исходников этой программы. Запускайте время от времени и из разных мест: видно лишь то, что отдано сюда и сейчас.',
    examples: ['veche verify-web https://veche.example', 'veche verify-web https://veche.example --json'],
  },
  whoami: { summary: 'показать аккаунт этого профиля', details: '', examples: ['veche whoami --json'] },
  recover: {
    summary: 'вернуть аккаунт с листом восстановления',
    details:
      'Если утерян пароль или пароль вместе с устройством. Задаёт новый пароль, делает это устройство вашим и ' +
      'завершает вход на остальных, если нет --keep-devices: они у вас. Чаты вернутся, когда собеседники будут на связи; сообщения с утерянного устройства ' +
      'не вернутся.',
    examples: [
      'veche recover --server https://veche.example --handle alice',
      'veche recover --sheet recovery.txt --new-sheet',
    ],
  },
  password: {
    summary: 'сменить пароль',
    details:
      'Спрашивает старый, затем дважды новый. С этого момента войти можно только с новым. Если старый забыт, вместо ' +
      'него --sheet или --code-file с листом восстановления.',
    examples: ['veche password', 'veche password --sheet recovery.txt'],
  },
  'recovery-sheet': {
    summary: 'показать или создать лист восстановления',
    details:
      'После создания аккаунта он показывается сразу; это на случай, если программа завершилась раньше. --new ' +
      'спрашивает пароль и создаёт другой лист; прежний тогда ничего не стоит.',
    examples: ['veche recovery-sheet', 'veche recovery-sheet --new --sheet recovery.txt'],
  },
  device: {
    summary: 'ваши устройства: показать, добавить, удалить',
    details: '',
    examples: ['veche device list'],
  },
  deviceList: {
    summary: 'показать ваши устройства',
    details: 'С днём входа и днём, когда устройство было на связи. Названия — те, что вы дали здесь.',
    examples: ['veche device list', 'veche device list --json'],
  },
  deviceRemove: {
    summary: 'завершить вход на другом вашем устройстве',
    details:
      'Для потерянного или проданного. Спрашивает пароль. Новое на него больше не приходит; то, что на нём уже было, там ' +
      'и остаётся. Выйти на этом устройстве: veche logout',
    examples: [
      'veche device remove mfrggzdf',
      'veche device remove "старый телефон" --password-file password.txt',
    ],
  },
  deviceLink: {
    summary: 'впустить новое ваше устройство по коду',
    details:
      'Спрашивает здесь пароль, затем показывает код, в том числе для считывания; он годен пять минут. На новом устройстве его ' +
      'берёт veche login --link. Потом оба показывают шесть цифр: отвечайте «да» здесь, только если они те же, а новое ' +
      'устройство у вас в руках. Никому другому этот код от вас не нужен.',
    examples: ['veche device link'],
  },
  deviceName: {
    summary: 'назвать ваше устройство',
    details:
      'Название остаётся на этом устройстве: ни сервер, ни другие люди его не видят. Пустое — убрать название.',
    examples: ['veche device name mfrggzdf "старый телефон"'],
  },
  policy: {
    summary: 'показать или задать, кто может вам написать',
    details:
      'forbidden — никто новый; confirm — сначала спросить вас; allowed — все. Тех, с кем вы уже общаетесь, это не касается.',
    examples: ['veche policy', 'veche policy forbidden'],
  },
  visibility: {
    summary: 'показать или задать, видно ли вас в поиске',
    details:
      'open — вас могут найти по имени (@…) и отображаемому имени; closed — попросить о чате может только тот, кто знает ваше имя (@…).',
    examples: ['veche visibility', 'veche visibility open'],
  },
  doctor: {
    summary: 'проверить, всё ли в порядке',
    details:
      'Проверяет программу, профиль со всеми его сообщениями до байта и сервер; о каждом говорит, в порядке ли оно и что ' +
      'делать, если нет. Ничего не меняет и работает с повреждённым профилем.',
    examples: ['veche doctor', 'veche doctor --offline', 'veche doctor --json'],
  },
  passphrase: {
    summary: 'показать или сменить парольную фразу профиля',
    details:
      'Без неё ваши сообщения прочтёт любой, кто может читать файлы профиля. С ней её спрашивает каждая команда или ' +
      'берёт из первой строки файла, названного в VECHE_PASSPHRASE_FILE; пока работает «veche listen», другие команды ' +
      'не спрашивают. Вернуть её никто не сможет: если она потеряна, потеряны и сообщения на этом устройстве.',
    examples: ['veche passphrase', 'veche passphrase set', 'VECHE_PASSPHRASE_FILE=фраза.txt veche listen'],
  },
  passphraseSet: {
    summary: 'закрыть профиль парольной фразой',
    details: '',
    examples: ['veche passphrase set', 'veche passphrase set --new-file фраза.txt'],
  },
  passphraseChange: {
    summary: 'сменить парольную фразу профиля',
    details: '',
    examples: ['veche passphrase change'],
  },
  passphraseRemove: {
    summary: 'открывать профиль без парольной фразы',
    details: '',
    examples: ['veche passphrase remove'],
  },
  logout: {
    summary: 'выйти на этом устройстве',
    details:
      'Спрашивает, остаётся ли зашифрованная история на устройстве до следующего входа или стирается. Ключи ' +
      'забываются в любом случае; ваш аккаунт и всё, что есть у других, остаётся.',
    examples: ['veche logout', 'veche logout --keep-history', 'veche logout --erase'],
  },
}
