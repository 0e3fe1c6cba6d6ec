import type { Extension, KeyPackage, Proposal } from 'ts-mls'
import type { Commit } from 'ts-mls/commit.js'

/** The proposals that a commit may hold. */
export interface Proposals {
  readonly adds: readonly KeyPackage[]
  readonly removes: readonly number[]
  readonly extensions?: readonly Extension[] | undefined
  readonly externalInit: boolean
}

/** Undefined if a commit holds anything but Adds, Removes, one GroupContextExtensions, or one ExternalInit. */
export function readProposals(list: Commit['proposals']): Proposals | undefined {
  const adds: KeyPackage[] = []
  const removes: number[] = []
  let extensions: readonly Extension[] | undefined
  let externalInit = false
  for (const item of list) {
    if (item.proposalOrRefType !== 'proposal') return undefined
    const proposal: Proposal = item.proposal
    if (proposal.proposalType === 'add') adds.push(proposal.add.keyPackage)
    else if (proposal.proposalType === 'remove') removes.push(proposal.remove.removed)
    else if (proposal.proposalType === 'group_context_extensions' && !extensions) {
      extensions = proposal.groupContextExtensions.extensions
    } else if (proposal.proposalType === 'external_init' && list.length === 1) externalInit = true
    else return undefined
  }
  return { adds, removes, extensions, externalInit }
}
