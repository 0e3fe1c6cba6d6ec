/** The history as a file: out of this device, and into it. */
import type { JSX } from 'preact'
import { HistoryExport } from './history-export.tsx'
import { HistoryImport } from './history-import.tsx'

export function HistoryFiles(): JSX.Element {
  return (
    <div class="stack">
      <HistoryExport />
      <HistoryImport />
    </div>
  )
}
