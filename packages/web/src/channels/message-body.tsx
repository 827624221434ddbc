/** The text of a message, with links. */
import { Anchor, Text } from '@mantine/core'
import { linkify } from './links.ts'
import classes from './message.module.css'

interface MessageBodyProps {
  readonly content: string
  /** When it was changed, in words; undefined when it never was. */
  readonly edited?: string | undefined
}

/** Text only: whatever looks like HTML is shown as it was written. */
export function MessageBody({ content, edited }: MessageBodyProps) {
  return (
    <p className={classes.body} dir="auto">
      {linkify(content).map(({ text, href }, index) =>
        href === undefined ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity besides their place
          <Anchor key={index} href={href} target="_blank" rel="noopener noreferrer" inherit underline="always">
            {text}
          </Anchor>
        ),
      )}
      {edited !== undefined && (
        <Text component="span" size="xs" c="dimmed" title={edited} className={classes.edited}>
          {' '}
          (edited)
        </Text>
      )}
    </p>
  )
}
