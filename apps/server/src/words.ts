/** What the server says to the one who runs it. */
import type { AuthorityError, Environment, TlsFileError } from '@veche/service-kit'

export interface Words {
  starting: string
  running(url: string, dataFolder: string): string
  services(names: string): string
  administrator(link: string, command: string): string
  /** What people of the local network need before they can come in. */
  trust(url: string): string
  fingerprint(lines: readonly string[]): string
  thenOpen(addresses: readonly string[]): string
  howToStop: string
  stopping: string
  stopped: string
  portBusy(host: string, port: number): string
  portForbidden(host: string, port: number): string
  dataFolder(dataFolder: string): string
  hostsFile(detail: string): string
  tlsFile: Readonly<Record<TlsFileError['problem'], (file: string) => string>>
  authority: Readonly<Record<AuthorityError['problem'], (file: string, host: string) => string>>
  noDatabase: string
  masterKey(file: string, detail: string): string
  wrongMasterKey(file: string): string
  missingMasterKey(file: string, keyId: string): string
  failed: string
}

export function chooseWords(env: Environment): Words {
  const language = [env.VECHE_LANG, env.LC_ALL, env.LC_MESSAGES, env.LANG].find(Boolean) ?? ''
  return /^ru/i.test(language) ? russian : english
}

const english: Words = {
  starting: 'Starting Veche…',
  running: (url, dataFolder) => `Veche runs at ${url}\nIts data is in ${dataFolder}`,
  services: (names) => `Services: ${names}`,
  administrator: (link, command) =>
    `There is no administrator yet. This link registers the first one, once:\n\n  ${link}\n\nFrom a terminal:\n\n  ${command}\n`,
  trust: (url) =>
    `Every other device has to trust this server, once. On the device open\n\n  ${url}\n\nor scan:`,
  fingerprint: (lines) =>
    `Before people install what they find there, they compare this fingerprint (SHA-256):\n\n  ${lines.join('\n  ')}\n`,
  thenOpen: (addresses) => `Veche itself is then at\n\n  ${addresses.join('\n  ')}\n`,
  howToStop: 'Ctrl+C stops it.',
  stopping: 'Stopping… (Ctrl+C again: at once)',
  stopped: 'Stopped.',
  portBusy: (host, port) =>
    `Port ${port} of ${host} is taken by another program. Choose another: VECHE_PORT=8481`,
  portForbidden: (host, port) =>
    `This user may not listen on ${host}, port ${port}. Choose another: VECHE_PORT=8480`,
  dataFolder: (dataFolder) =>
    `The data folder ${dataFolder} cannot be used: it must be writable, and have space left.`,
  masterKey: (file, detail) => `The master key ${file} cannot be used: ${detail}. Nothing was changed.`,
  wrongMasterKey: (file) =>
    `The data was sealed with another master key than ${file}. Put the right file back; nothing was changed.`,
  missingMasterKey: (file, keyId) =>
    `The data needs the master key ${keyId}, which is not in ${file}. Put the file back that has it; nothing was changed.`,
  hostsFile: (detail) =>
    `The file of the systems that use Nichatka cannot be used: ${detail}. Nothing was changed.`,
  tlsFile: {
    unreadable: (file) =>
      `The file ${file} cannot be read. It is to hold what VECHE_TLS_CERT or VECHE_TLS_KEY names.`,
    no_certificate: (file) =>
      `There is no certificate in ${file}: it is to be PEM, -----BEGIN CERTIFICATE-----.`,
    no_key: (file) => `There is no key in ${file}: it is to be PEM, without a passphrase.`,
    not_a_pair: (file) => `The key in ${file} is not that of the certificate.`,
    ended: (file) => `The certificate in ${file} has ended. Renew it; nothing was changed.`,
  },
  authority: {
    damaged: (file) =>
      `The certificate authority in ${file} is damaged. Put the file back from a copy; without it every device has to trust ` +
      'a new one: then remove the file. Nothing was changed.',
    other_name: (file, host) =>
      `The certificate authority in ${file} was made for other names than ${host}, which VECHE_URL names, and may not ` +
      'certify it. Leave VECHE_URL as it was; or remove the file, and every device has to trust a new one.',
  },
  noDatabase: 'PostgreSQL does not answer, or refuses the role of DATABASE_URL.',
  failed: 'The server could not start.',
}

const russian: Words = {
  starting: 'Вече запускается…',
  running: (url, dataFolder) => `Вече работает: ${url}\nДанные лежат в ${dataFolder}`,
  services: (names) => `Службы: ${names}`,
  administrator: (link, command) =>
    `Администратора ещё нет. По этой ссылке один раз регистрируется первый:\n\n  ${link}\n\nИз терминала:\n\n  ${command}\n`,
  trust: (url) =>
    `Каждое другое устройство должно один раз довериться этому серверу. Откройте на нём\n\n  ${url}\n\nили отсканируйте:`,
  fingerprint: (lines) =>
    `Прежде чем установить то, что там предложено, люди сверяют этот отпечаток (SHA-256):\n\n  ${lines.join('\n  ')}\n`,
  thenOpen: (addresses) => `Само Вече после этого открывается по адресу\n\n  ${addresses.join('\n  ')}\n`,
  howToStop: 'Остановить: Ctrl+C.',
  stopping: 'Останавливается… (ещё раз Ctrl+C — немедленно)',
  stopped: 'Остановлено.',
  portBusy: (host, port) =>
    `Порт ${port} на ${host} занят другой программой. Выберите другой: VECHE_PORT=8481`,
  portForbidden: (host, port) =>
    `Этому пользователю нельзя занять порт ${port} на ${host}. Выберите другой: VECHE_PORT=8480`,
  dataFolder: (dataFolder) => `Папка данных ${dataFolder} не годится: нужны право записи и свободное место.`,
  masterKey: (file, detail) => `Главный ключ ${file} не годится: ${detail}. Ничего не изменено.`,
  wrongMasterKey: (file) =>
    `Данные запечатаны другим главным ключом, не ${file}. Верните прежний файл; ничего не изменено.`,
  missingMasterKey: (file, keyId) =>
    `Для данных нужен главный ключ ${keyId}, а в ${file} его нет. Верните файл, где он есть; ничего не изменено.`,
  hostsFile: (detail) =>
    `Файл систем, в которых работает Ничатка, не годится: ${detail}. Ничего не изменено.`,
  tlsFile: {
    unreadable: (file) =>
      `Файл ${file} не читается. В нём должно быть то, на что указывает VECHE_TLS_CERT или VECHE_TLS_KEY.`,
    no_certificate: (file) => `В ${file} нет сертификата: нужен PEM, -----BEGIN CERTIFICATE-----.`,
    no_key: (file) => `В ${file} нет ключа: нужен PEM без парольной фразы.`,
    not_a_pair: (file) => `Ключ в ${file} — не от этого сертификата.`,
    ended: (file) => `Срок сертификата в ${file} истёк. Обновите его; ничего не изменено.`,
  },
  authority: {
    damaged: (file) =>
      `Удостоверяющий центр в ${file} повреждён. Верните файл из копии; без него каждому устройству придётся довериться ` +
      'новому: тогда удалите файл. Ничего не изменено.',
    other_name: (file, host) =>
      `Удостоверяющий центр в ${file} создан не для имени ${host} из VECHE_URL и подтвердить его не может. Оставьте ` +
      'VECHE_URL прежним или удалите файл, и каждому устройству придётся довериться новому.',
  },
  noDatabase: 'PostgreSQL не отвечает или не принимает роль из DATABASE_URL.',
  failed: 'Сервер не смог запуститься.',
}
