/** The client on Node: everything of `index.ts`, and profiles in folders. */
export * from './index.ts'
export { asksForPassphrase, type OpenedProfile, openProfile, setPassphrase } from './profile.node.ts'
