import type * as en from '../en/prompts.ts'

export const prompts: typeof en.prompts = {
  password: 'Пароль: ',
  passwordAgain: 'Тот же пароль ещё раз: ',
  newPassword: 'Новый пароль: ',
  recoveryCode: 'Двенадцать слов листа восстановления: ',
  compared: 'Там видны те же цифры? да, потом или нет: ',
  sameDigits: 'На новом устройстве, у вас в руках, те же цифры? (да/нет) ',
  sameFingerprint: (server: string, fingerprint: string) =>
    `${server}\n\n  ${fingerprint}\n\nЭто тот отпечаток, который показывает терминал самого сервера или называет человек, который его запустил? (да/нет) `,
  keepHistory: 'Зашифрованная история на этом устройстве: оставить или стереть навсегда? (оставить/стереть) ',
  removeHost: (name) =>
    `В ${name} больше никто не увидит колокольчика. Написанное останется в базе данных. Отключить? (да/нет) `,
  leaveGroup: (name) =>
    `Из группы «${name}» до вас больше ничего не дойдёт; то, что есть на этом устройстве, остаётся. Выйти? (да/нет) `,
  lowerSelf: (role, name) =>
    `Ваша роль в группе «${name}» будет: ${role}; остальное вы себе не вернёте. Продолжить? (да/нет) `,
  passphrase: 'Парольная фраза профиля: ',
  newPassphrase: 'Новая парольная фраза профиля: ',
  newFilePassphrase: 'Парольная фраза для файла: ',
  filePassphrase: 'Парольная фраза файла: ',
  newPassphraseAgain: 'Ещё раз та же парольная фраза: ',
}

export const answers: typeof en.answers = {
  yes: ['да', 'д'],
  later: ['потом', 'п'],
  keep: ['оставить', 'о'],
  erase: ['стереть', 'с'],
}
