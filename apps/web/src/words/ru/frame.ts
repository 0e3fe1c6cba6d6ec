import type * as en from '../en/frame.ts'
import { counted } from '../language.ts'

export const frame: typeof en.frame = {
  title: 'Вече',
  places: { groups: 'Группы', private: 'Личные', search: 'Поиск', you: 'Вы' },
  placesLabel: 'Разделы',
  unread: (count) =>
    counted('ru', count, {
      one: 'новое сообщение',
      few: 'новых сообщения',
      many: 'новых сообщений',
      other: 'новых сообщений',
    }),
  requestsWait: (count) =>
    counted('ru', count, { one: 'запрос', few: 'запроса', many: 'запросов', other: 'запроса' }),
  sheetWaits: 'ждёт лист восстановления',
  opening: 'Открывается…',
  openingLong: 'Открывается то, что есть на этом устройстве…',
  back: 'Назад',
  close: 'Закрыть',
  cancel: 'Отменить',
  tryAgain: 'Ещё раз',
  copy: 'Скопировать',
  copied: 'Скопировано',
  skip: 'К переписке',
  moment: 'Минуту…',
  nothingFound: 'Ничего не нашлось.',
  choose: 'Здесь будет то, что вы откроете.',
  connection: {
    connecting: 'Соединение…',
    disconnected: 'Нет связи. Ничего не потеряно: написанное уйдёт позже.',
  },
  failedToOpen: 'В этом браузере открыть Вече не удалось.',
  dismiss: 'Понятно',
  later: 'Позже',
  lost: 'Вече в этой вкладке остановилось и запускается снова. Написанное вами цело.',
  release: { waits: 'Готова новая версия Вече.', take: 'Перейти на неё' },
}
