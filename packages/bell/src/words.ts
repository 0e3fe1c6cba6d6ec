/** The few words of the widget itself; all others come from the service. */
export const words = {
  ru: { messages: 'Сообщения', close: 'Закрыть', offline: 'Нет связи. Написанное сохранено' },
  en: { messages: 'Messages', close: 'Close', offline: 'No connection. What you wrote is kept' },
} as const

type Language = keyof typeof words

/** Of the element's own or its page's `lang`. */
export const languageOf = (element: HTMLElement): Language =>
  /^ru/i.test(element.closest<HTMLElement>('[lang]')?.lang || navigator.language) ? 'ru' : 'en'
