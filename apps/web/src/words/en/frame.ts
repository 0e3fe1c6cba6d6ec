import { counted } from '../language.ts'

export const frame = {
  title: 'Veche',
  places: { groups: 'Groups', private: 'Private', search: 'Search', you: 'You' },
  placesLabel: 'Places',
  unread: (count: number) => counted('en', count, { one: 'new message', other: 'new messages' }),
  requestsWait: (count: number) => counted('en', count, { one: 'request', other: 'requests' }),
  sheetWaits: 'the recovery sheet waits',
  opening: 'Opening…',
  openingLong: 'Opening what is on this device…',
  back: 'Back',
  close: 'Close',
  cancel: 'Cancel',
  tryAgain: 'Try again',
  copy: 'Copy',
  copied: 'Copied',
  skip: 'To the conversation',
  moment: 'A moment…',
  nothingFound: 'Nothing was found.',
  choose: 'What you open will be here.',
  connection: {
    connecting: 'Connecting…',
    disconnected: 'No connection. Nothing is lost: what you write is sent later.',
  },
  failedToOpen: 'Veche could not be opened in this browser.',
  dismiss: 'Understood',
}
