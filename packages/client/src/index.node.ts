/** The client on Node: everything of `index.ts`, and profiles in folders. */
export * from './index.ts'
export { type OpenedProfile, openProfile } from './profile.node.ts'
