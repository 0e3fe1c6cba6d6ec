/**
 * Removing several files for good, so that a crash half-way neither brings them back nor looks like damage: a
 * marker first, keys next (from then on nothing can be read), the rest, and the marker last.
 */
import type { Files } from './files.ts'

/** @param members named by what is still there, keys first; called again by whoever finishes the removal */
export async function removeAll(
  files: Files,
  marker: string,
  members: () => Promise<readonly string[]>,
): Promise<void> {
  if ((await files.size(marker)) === undefined) await files.append(marker, Uint8Array.of(1))
  for (const path of await members()) await files.overwriteAndRemove(path)
  await files.overwriteAndRemove(marker)
}

/** Completes a removal that a crash interrupted. */
export async function finishRemoval(
  files: Files,
  marker: string,
  members: () => Promise<readonly string[]>,
): Promise<void> {
  if ((await files.size(marker)) !== undefined) await removeAll(files, marker, members)
}
