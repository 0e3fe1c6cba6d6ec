import type * as en from '../en/web-says.ts'
import { counted } from '../language.ts'

const answers = (count: number) =>
  counted('ru', count, { one: 'ответ', few: 'ответа', many: 'ответов', other: 'ответа' })

export const webSays: typeof en.webSays = {
  begun: (count) => `Запрашивается ${answers(count)}…`,
  same: (count) =>
    `То же самое: ${answers(count)}, каждый байт и заголовок такой, каким его отдала бы эта программа.`,
  release: 'Выпуск этой программы — сверить с другими и с настройками в браузере:',
  nothing: 'нет',
  status: (expected, got, location) =>
    `ответ ${got}, а не ${expected}${location === '' ? '' : `, и ведёт на ${location}`}`,
  header: (name, expected, got) => `заголовок ${name}: ${got}; должно быть: ${expected}`,
  content: (expected, got, at) => `другое содержимое с байта ${at}\n  здесь  ${expected}\n  там    ${got}`,
  coding: (got) => `байты не соответствуют своему сжатию (${got}), или такого не просили`,
  unlisted: (file) => `называет то, чего нет в выпуске: ${file}`,
  hints: 'ответ раньше ответа (103), по которому браузер может что-то сделать',
  silence: {
    broken: 'нет целого ответа: соединение оборвано',
    too_slow: 'нет целого ответа вовремя',
    too_long: 'ответ не кончается там, где должен',
  },
  recompressed: (count) =>
    `${counted('ru', count, { one: 'файл сжат', few: 'файла сжаты', many: 'файлов сжаты', other: 'файла сжаты' })} не так, как здесь, но с тем же ` +
    'содержимым: так делает посредник или другая машина, и выполняется то же самое.',
  seenBy: (count, who) => `${answers(count)}: ${who}`,
  andMore: (named, count) => `${named}; и ещё ${count}`,
  more: (count) =>
    `И ещё ${counted('ru', count, { one: 'отличие', few: 'отличия', many: 'отличий', other: 'отличия' })}: veche verify-web --json`,
}
