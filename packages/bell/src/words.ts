/** The few words of the widget itself; all others come from the service. */
export const words = {
  ru: { messages: 'Сообщения', offline: 'Нет связи' },
  en: { messages: 'Messages', offline: 'No connection' },
} as const

/** Of the element's own or its page's `lang`. */
export const languageOf = (element: HTMLElement): keyof typeof words =>
  /^ru/i.test(element.closest<HTMLElement>('[lang]')?.lang || navigator.language) ? 'ru' : 'en'
