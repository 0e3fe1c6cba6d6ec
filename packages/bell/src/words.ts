/** The few words of the widget itself; all others come from the service. */
export const words = {
  ru: { messages: 'Сообщения', offline: 'Нет связи. Текст сохранён' },
  en: { messages: 'Messages', offline: 'No connection. Your text is kept' },
} as const

/** Of the element's own or its page's `lang`. */
export const languageOf = (element: HTMLElement): keyof typeof words =>
  /^ru/i.test(element.closest<HTMLElement>('[lang]')?.lang || navigator.language) ? 'ru' : 'en'
