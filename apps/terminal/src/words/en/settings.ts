/** Of the server's settings, by variable; those that are missing here say what their declarations say. */
export const settings = {} as Partial<Record<string, string>>

/** What each service is for, by its name. */
export const services = {
  accounts: 'accounts, devices, signing in',
  chats: 'private chats and the delivery of messages',
  directory: 'search for people who wish to be found',
  nichatka: 'a bell and a panel of messages in another system’s pages; needs nothing of the messenger',
}

export const defaultIs = (value: string) => `default ${value}`
