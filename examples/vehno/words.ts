/** What the starter says, in both languages. */
import type { RunningExample } from './example.ts'

type Words = typeof english

const english = {
  usage: 'npm run vehno -- [--port 8090] [--nichatka-port 8480] [--data FOLDER]; port 0: one that is free',
  missing: (packages: string) => `first: apt install ${packages}`,
  starting: 'Vehno and Nichatka are starting. The first time takes half a minute.',
  running: ({ url, nichatkaUrl, password }: RunningExample, people: readonly string[]) => `
Vehno:    ${url}
Nichatka: ${nichatkaUrl}

People:   ${people.join('  ')}
Password: ${password}

Sign in as two of them in two browsers, and write. Ctrl-C stops both.`,
  stopping: 'Stopping.',
  portTaken: (port: number) => `port ${port} is taken by another program; see --port and --nichatka-port.`,
  folderTaken: (folder: string) => `another one runs on ${folder} already; see --data.`,
  ended: 'One of the two has ended by itself; the other one is stopped.',
}

const russian: Words = {
  usage: 'npm run vehno -- [--port 8090] [--nichatka-port 8480] [--data ПАПКА]; порт 0: любой свободный',
  missing: (packages) => `сначала: apt install ${packages}`,
  starting: 'Вехно и Ничатка запускаются. В первый раз на это уходит полминуты.',
  running: ({ url, nichatkaUrl, password }, people) => `
Вехно:   ${url}
Ничатка: ${nichatkaUrl}

Люди:    ${people.join('  ')}
Пароль:  ${password}

Войдите за двоих в двух браузерах и напишите друг другу. Ctrl-C остановит обе.`,
  stopping: 'Останавливаются.',
  portTaken: (port) => `порт ${port} занят другой программой; есть --port и --nichatka-port.`,
  folderTaken: (folder) => `на папке ${folder} уже работает другое Вехно; есть --data.`,
  ended: 'Одна из двух остановилась сама; вторая остановлена.',
}

export function chooseWords({ VECHE_LANG, LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): Words {
  return /^ru/i.test(VECHE_LANG || LC_ALL || LC_MESSAGES || LANG || '') ? russian : english
}
