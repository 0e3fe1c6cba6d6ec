/** What the client needs in a browser, beside `index.ts`. */
export { type BrowserProfile, type BrowserProfileOptions, openBrowserProfile } from './profile.dom.ts'
