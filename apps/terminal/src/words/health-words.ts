/** What `veche doctor` says of each thing that it looked at: how it is and, where it is not in order, what to do. */
import type { Finding, FindingName } from '@veche/client'
import type { Language } from './language.ts'

type Values = Finding['values']
type Catalogue = Readonly<Record<FindingName, (values: Values) => string>>

export function healthText({ finding, values }: Finding, language: Language): string {
  return { en, ru }[language][finding](values)
}

export const en: Catalogue = {
  program_ok: ({ version, node, platform }) => `veche ${version}, Node ${node}, ${platform}.`,
  program_old: ({ node, least }) =>
    `Node ${node} is too old: veche needs ${least} or newer. Start it by bin/veche, or update Node.`,
  folder_ok: ({ path }) => `The profile is in ${path}; only you can read it.`,
  folder_open: ({ path }) =>
    `Others on this computer can look into ${path}. Close it: chmod -R go-rwx ${path}`,
  folder_absent: ({ path }) => `There is no profile in ${path}. To make one: veche register`,
  folder_unreadable: ({ path }) =>
    `${path} cannot be read and written by you. Ask whoever owns it, or use --profile.`,
  disk_ok: ({ freeBytes }) => `${mebibytes(freeBytes, 'en')} are free on its disk.`,
  disk_low: ({ freeBytes }) => `Only ${mebibytes(freeBytes, 'en')} are free on its disk. Make room soon.`,
  disk_full: ({ freeBytes }) =>
    `The disk is full: ${mebibytes(freeBytes, 'en')} are free. Nothing new can be kept until there is room.`,
  lock_free: () => 'No other veche has the profile.',
  lock_held: () => 'Another veche has the profile, so the messages were not read. End it to have them read.',
  lock_broken: () => 'The lock of the profile cannot be used. Put the folder on a disk of this computer.',
  key_ok: () => 'The key of the profile is there. It has no passphrase.',
  key_passphrase: () => 'The key of the profile is there, under a passphrase.',
  key_locked: () =>
    'The profile is under a passphrase, which was not given: what is in it was not read. Run this in a terminal, or ' +
    'use VECHE_PASSPHRASE_FILE.',
  key_absent: () =>
    'The key of the profile, profile.key, is not there: nothing of it can be read without it. Put it back from a copy.',
  key_damaged: () =>
    'The key of the profile, profile.key, is damaged: nothing can be read without it. Put it back from a copy.',
  device_ok: ({ handle, server }) => `The account is @${handle} on ${server}; its keys are whole.`,
  device_damaged: () =>
    'The keys of the account on this device are damaged. Keep a copy of the folder, and sign in anew in another one: ' +
    'veche login --profile DIR',
  account_absent: () => 'There is no account in this profile yet. To make one: veche register',
  chats_ok: ({ chats, messages }) => `Every byte of the messages is whole: ${messages} in ${chats} chats.`,
  chats_unseen: () => 'The messages were not read: another veche has the profile.',
  chat_damaged: ({ chat }) =>
    `The chat ${chat} is damaged and cannot be gone on with on this device. Keep a copy of the folder and report it.`,
  history_damaged: ({ handle, chat, lostBytes }) =>
    `${lostBytes} bytes of the messages with @${handle} (${chat}) are lost. The rest can be read; keep a copy of the folder.`,
  chats_unreadable: () =>
    'There are files among the chats that are none of them. Take them out of the folder chats.',
  server_ok: ({ server, answerMs }) => `${server} answers in ${answerMs} ms and is the server that it was.`,
  server_unseen: () => 'No server was asked.',
  server_unreachable: ({ server }) =>
    `${server} cannot be reached. What you write waits here. Look at your connection; else ask whoever runs the server.`,
  server_changed: ({ server }) =>
    `${server} is not the server that it was: it shows another key. Nothing is sent to it; ask whoever runs it.`,
  server_refused: ({ server, reason }) =>
    `${server} gives an answer that veche cannot use (${reason}). Is the address right?`,
  clock_ok: () => 'The clocks of this device and of the server agree.',
  clock_off: ({ offSeconds }) =>
    `The clocks of this device and of the server differ by ${offSeconds} seconds. Set the one that is wrong.`,
  token_ok: () => 'The server accepts this device.',
  token_refused: ({ reason }) =>
    `The server does not accept this device (${reason}). Your messages here are safe; ask whoever runs the server.`,
  token_unreachable: () =>
    'The connection broke while the server was asked to accept this device. Try again.',
  packages_ok: ({ left }) => `The server has ${left} keys with which others can start a chat with you.`,
  packages_few: ({ left }) =>
    `The server has only ${left} keys with which others can start a chat with you. The next connection brings new ones.`,
  stream_ok: ({ missed }) => `The stream of messages runs; ${missed} things wait there for this device.`,
  stream_unseen: () =>
    'The stream of messages was not tried: another veche uses it, or the chats were not read.',
  stream_behind: () =>
    'The server has less of a chat than this device: it was brought back to an older state. What is here is kept.',
  stream_slow: ({ missed }) =>
    `The stream of messages runs, but did not come to its end in 15 seconds (${missed} so far). Try: veche listen`,
  stream_failed: ({ reason }) =>
    `The stream of messages does not run (${reason}). Try again; else ask whoever runs the server.`,
}

export const ru: Catalogue = {
  program_ok: ({ version, node, platform }) => `veche, версия ${version}; Node ${node}, ${platform}.`,
  program_old: ({ node, least }) =>
    `Node ${node} слишком стар: нужен ${least} или новее. Запускайте через bin/veche или обновите Node.`,
  folder_ok: ({ path }) => `Профиль в ${path}; читать его можете только вы.`,
  folder_open: ({ path }) =>
    `В ${path} могут заглянуть другие пользователи компьютера. Закройте: chmod -R go-rwx ${path}`,
  folder_absent: ({ path }) => `В ${path} профиля нет. Создать: veche register`,
  folder_unreadable: ({ path }) =>
    `${path} вам не прочесть или не записать. Спросите владельца или укажите --profile.`,
  disk_ok: ({ freeBytes }) => `На диске свободно ${mebibytes(freeBytes, 'ru')}.`,
  disk_low: ({ freeBytes }) => `На диске свободно только ${mebibytes(freeBytes, 'ru')}. Освободите место.`,
  disk_full: ({ freeBytes }) =>
    `Диск полон: свободно ${mebibytes(freeBytes, 'ru')}. Ничего нового не сохранить, пока нет места.`,
  lock_free: () => 'Другой veche профилем не занят.',
  lock_held: () =>
    'Профиль у другого veche, поэтому сообщения не прочитаны. Чтобы их проверить, завершите его.',
  lock_broken: () => 'Замок профиля не работает. Перенесите папку на диск этого компьютера.',
  key_ok: () => 'Ключ профиля на месте. Парольной фразы у него нет.',
  key_passphrase: () => 'Ключ профиля на месте, под парольной фразой.',
  key_locked: () =>
    'Профиль закрыт парольной фразой, а она не дана: содержимое не прочитано. Запустите в терминале или задайте ' +
    'VECHE_PASSPHRASE_FILE.',
  key_absent: () => 'Ключа профиля, profile.key, нет: без него ничего не прочесть. Верните его из копии.',
  key_damaged: () =>
    'Ключ профиля, profile.key, повреждён: без него ничего не прочесть. Верните его из копии.',
  device_ok: ({ handle, server }) => `Аккаунт @${handle} на ${server}; его ключи целы.`,
  device_damaged: () =>
    'Ключи аккаунта на этом устройстве повреждены. Сохраните копию папки и войдите заново в другой: ' +
    'veche login --profile ПАПКА',
  account_absent: () => 'В этом профиле ещё нет аккаунта. Создать: veche register',
  chats_ok: ({ chats, messages }) => `Сообщения целы до байта: сообщений ${messages}, чатов ${chats}.`,
  chats_unseen: () => 'Сообщения не прочитаны: профиль у другого veche.',
  chat_damaged: ({ chat }) =>
    `Чат ${chat} повреждён, продолжить его на этом устройстве нельзя. Сохраните копию папки и сообщите об этом.`,
  history_damaged: ({ handle, chat, lostBytes }) =>
    `Потеряно байт: ${lostBytes} из сообщений с @${handle} (${chat}). Остальное читается; сохраните копию папки.`,
  chats_unreadable: () => 'Среди чатов лежат посторонние файлы. Уберите их из папки chats.',
  server_ok: ({ server, answerMs }) => `${server} отвечает за ${answerMs} мс, это тот же сервер, что и был.`,
  server_unseen: () => 'Сервер не спрашивали.',
  server_unreachable: ({ server }) =>
    `Нет связи с ${server}. Написанное ждёт здесь. Проверьте связь; если она есть, спросите того, кто ведёт сервер.`,
  server_changed: ({ server }) =>
    `${server} — не тот сервер, что был: у него другой ключ. Туда ничего не отправляется; спросите того, кто его ведёт.`,
  server_refused: ({ server, reason }) => `Ответ ${server} непонятен (${reason}). Верен ли адрес?`,
  clock_ok: () => 'Часы этого устройства и сервера совпадают.',
  clock_off: ({ offSeconds }) =>
    `Часы этого устройства и сервера расходятся, секунд: ${offSeconds}. Поправьте те, что неверны.`,
  token_ok: () => 'Сервер принимает это устройство.',
  token_refused: ({ reason }) =>
    `Сервер не принимает это устройство (${reason}). Ваши сообщения здесь в сохранности; спросите того, кто ведёт сервер.`,
  token_unreachable: () => 'Связь прервалась, пока сервер спрашивали об этом устройстве. Попробуйте ещё раз.',
  packages_ok: ({ left }) => `Ключей на сервере, с которыми другие могут начать с вами чат: ${left}.`,
  packages_few: ({ left }) =>
    `Ключей на сервере, с которыми другие могут начать с вами чат, осталось мало: ${left}. Новые уйдут при следующей связи.`,
  stream_ok: ({ missed }) => `Поток сообщений идёт; для этого устройства там ждёт: ${missed}.`,
  stream_unseen: () => 'Поток сообщений не пробовали: он у другого veche, или чаты не прочитаны.',
  stream_behind: () =>
    'На сервере у чата меньше, чем на этом устройстве: его вернули к прежнему состоянию. То, что здесь, сохранено.',
  stream_slow: ({ missed }) =>
    `Поток сообщений идёт, но за 15 секунд не кончился (пока ${missed}). Попробуйте: veche listen`,
  stream_failed: ({ reason }) =>
    `Поток сообщений не идёт (${reason}). Попробуйте ещё раз; иначе спросите того, кто ведёт сервер.`,
}

function mebibytes(bytes: string | number | undefined, language: Language): string {
  const count = new Intl.NumberFormat(language).format(Math.floor(Number(bytes) / 2 ** 20))
  return `${count} ${language === 'ru' ? 'МиБ' : 'MiB'}`
}
