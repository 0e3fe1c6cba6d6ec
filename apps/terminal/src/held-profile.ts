import type { Client } from '@veche/client'
import type { Progress } from './handover/frames.ts'
import type { Seen } from './seen.ts'

/** The profile, once it is this process's to use. */
export interface Profile {
  readonly client: Client
  readonly seen: Seen
  /** How far another process had come with the same command. */
  readonly progress?: Progress
}
