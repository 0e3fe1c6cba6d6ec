import type { ServiceImpl } from '@connectrpc/connect'
import type { DirectoryService } from '@veche/protocol/gen/directory/v1/directory_pb.js'
import type { DirectoryContext } from '../context.ts'
import { searchGroups } from './search-groups.ts'
import { searchPeople } from './search-people.ts'

export function directoryService(context: DirectoryContext) {
  return {
    searchPeople: searchPeople(context),
    searchGroups: searchGroups(context),
  } satisfies ServiceImpl<typeof DirectoryService>
}
