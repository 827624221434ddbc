/** The text of a message, with links. */
import { Anchor } from '@mantine/core'
import { linkify } from './links.ts'
import classes from './message.module.css'

/** Text only: whatever looks like HTML is shown as it was written. */
export function MessageBody({ content }: { readonly content: string }) {
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
    </p>
  )
}
