import type { Migration } from '@veche/service-kit'
import { groupDescription } from './migrations/group-description.ts'
import { openGroup } from './migrations/open-group.ts'
import { person } from './migrations/person.ts'

/** In the order in which they run. */
export const migrations: readonly Migration[] = [person, openGroup, groupDescription]
