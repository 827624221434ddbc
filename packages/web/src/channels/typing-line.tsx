/** The line under the messages that says who is writing. */

import { Text } from '@mantine/core'
import type { Channel } from '@sallyport/client'
import { typingText } from './typing-text.ts'
import { useTyping } from './use-typing.ts'

interface TypingLineProps {
  readonly channel: Channel
  readonly parent: string | null
}

/** Always as high as its text, so that nothing jumps. Not announced: it would talk over the messages themselves. */
export function TypingLine({ channel, parent }: TypingLineProps) {
  const names = useTyping(channel, parent)
  return (
    <Text size="xs" c="dimmed" h={20} px={4} truncate>
      {typingText(names)}
    </Text>
  )
}
