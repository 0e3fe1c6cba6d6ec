/** A message's words as vnodes. Nothing of it is ever parsed as HTML. */
import type { ComponentChildren, JSX } from 'preact'
import { type Block, type Inline, parseRichText } from '../state/rich-text.ts'
import { bodyText } from '../state/shown-text.ts'

interface RichTextProps {
  readonly text: string
  /** Handles that are named by it, with @. */
  readonly named: ReadonlySet<string>
  /** Stands in its first line. */
  readonly before?: ComponentChildren
}

export function RichText({ text, named, before }: RichTextProps): JSX.Element {
  const blocks = parseRichText(bodyText(text))
  const [first, ...rest] = blocks
  const isInline = first?.kind === 'paragraph'
  return (
    <div class="rich" dir="auto">
      {!isInline && before && <p>{before}</p>}
      {isInline && (
        <p>
          {before} {linesOf(first.lines, named)}
        </p>
      )}
      {(isInline ? rest : blocks).map((block, index) => blockOf(block, named, index))}
    </div>
  )
}

function blockOf(block: Block, named: ReadonlySet<string>, key: number): JSX.Element {
  switch (block.kind) {
    case 'paragraph':
      return <p key={key}>{linesOf(block.lines, named)}</p>
    case 'quote':
      return <blockquote key={key}>{linesOf(block.lines, named)}</blockquote>
    case 'code':
      return (
        <pre key={key}>
          <code>{block.text}</code>
        </pre>
      )
    case 'list': {
      const items = block.items.map((item, index) => <li key={index}>{inlineOf(item, named)}</li>)
      return block.isOrdered ? <ol key={key}>{items}</ol> : <ul key={key}>{items}</ul>
    }
    default:
      return block satisfies never
  }
}

function linesOf(lines: readonly (readonly Inline[])[], named: ReadonlySet<string>): ComponentChildren {
  return lines.flatMap((line, index) =>
    index === 0 ? inlineOf(line, named) : [<br key={`b${index}`} />, ...inlineOf(line, named)],
  )
}

function inlineOf(parts: readonly Inline[], named: ReadonlySet<string>): ComponentChildren[] {
  return parts.map((part, key) => {
    switch (part.kind) {
      case 'text':
        return part.text
      case 'code':
        return <code key={key}>{part.text}</code>
      case 'bold':
        return <strong key={key}>{inlineOf(part.parts, named)}</strong>
      case 'italic':
        return <em key={key}>{inlineOf(part.parts, named)}</em>
      case 'mention':
        return named.has(part.text.toLowerCase()) ? <mark key={key}>{part.text}</mark> : part.text
      case 'link':
        return (
          <a key={key} href={part.href} rel="noreferrer noopener nofollow" target="_blank">
            {part.text}
          </a>
        )
      default:
        return part satisfies never
    }
  })
}
